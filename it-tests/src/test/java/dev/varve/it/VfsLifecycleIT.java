package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;

import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreUnderTest;

/** The vfs driver's layers come, are held, and go. */
class VfsLifecycleIT extends LifecycleContract {
    @Override
    protected StoreUnderTest open(Path root) throws VarveException {
        return Drivers.open(VarveConfig.of(root).withDriver("vfs"));
    }

    @Override
    protected Path freshDirectory() throws IOException {
        return Drivers.freshDirectory();
    }

    @Override
    protected void delete(Path root) throws IOException {
        Drivers.delete(root);
    }
}
