package dev.varve.it;

import dev.varve.adapter.vfs.VfsDriverProvider;
import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** The services without a kernel. */
class MemoryContentTest extends ContentContract {
    private final MemoryHost host = new MemoryHost(new VfsDriverProvider());

    @Override
    protected StoreHost host() {
        return host;
    }

    @Override
    protected int maxParents() {
        return 0;
    }
}
