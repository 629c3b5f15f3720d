package dev.varve.it;

import dev.varve.adapter.vfs.VfsDriverProvider;
import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreHost;

/** The services without a kernel. */
class MemoryLifecycleTest extends LifecycleContract {
    private final MemoryHost host = new MemoryHost(new VfsDriverProvider());

    @Override
    protected StoreHost host() {
        return host;
    }

}
