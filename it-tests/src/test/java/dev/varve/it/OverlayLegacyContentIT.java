package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.condition.EnabledIf;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreUnderTest;

/** The same through mount(2), which older kernels have. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayLegacyContentIT extends ContentContract {
    @Override
    protected StoreUnderTest open(Path root) throws VarveException {
        return Drivers.open(VarveConfig.of(root).withDriver("overlay").withOption("overlay.mount_api", "legacy"));
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
