package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.condition.EnabledIf;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreUnderTest;

/** What the overlay driver's layers hold. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayContentIT extends ContentContract {
    @Override
    protected StoreUnderTest open(Path root) throws VarveException {
        return Drivers.open(VarveConfig.of(root).withDriver("overlay"));
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
