package dev.varve.it;

import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** What the vfs driver's layers hold. */
class VfsContentIT extends ContentContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("vfs");
    }

    @Override
    protected int maxParents() {
        return 0;
    }
}
