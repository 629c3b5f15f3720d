package dev.varve.it;

import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreHost;

/** The vfs driver's layers come, are held, and go. */
class VfsLifecycleIT extends LifecycleContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("vfs");
    }
}
