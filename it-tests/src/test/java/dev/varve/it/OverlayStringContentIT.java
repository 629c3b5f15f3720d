package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.condition.EnabledIf;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreUnderTest;

/** The same through lowerdir+ strings, which kernels from 6.7 to 6.12 have. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayStringContentIT extends ContentContract {
    @Override
    protected StoreUnderTest open(Path root) throws VarveException {
        return Drivers.open(VarveConfig.of(root).withDriver("overlay").withOption("overlay.mount_api", "string"));
    }

    @Override
    protected Path freshDirectory() throws IOException {
        return Drivers.freshDirectory();
    }

    @Override
    protected void delete(Path root) throws IOException {
        Drivers.delete(root);
    }

    @Override
    protected int maxParents() {
        return 500;
    }
}
