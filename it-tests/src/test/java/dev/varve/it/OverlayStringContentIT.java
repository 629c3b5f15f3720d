package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** The same through lowerdir+ strings, which kernels from 6.7 to 6.12 have. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayStringContentIT extends ContentContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay").withOption("overlay.mount_api", "string");
    }

    @Override
    protected int maxParents() {
        return 500;
    }
}
