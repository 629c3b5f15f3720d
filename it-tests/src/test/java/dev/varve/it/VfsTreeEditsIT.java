package dev.varve.it;

import dev.varve.testkit.contract.TreeEditsContract;
import dev.varve.testkit.contract.StoreHost;

/** Random operations on the vfs driver's layers. */
class VfsTreeEditsIT extends TreeEditsContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("vfs");
    }

    @Override
    protected boolean overlay() {
        return false;
    }
}
