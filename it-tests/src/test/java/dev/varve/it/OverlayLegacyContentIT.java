package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** The same through mount(2), which older kernels have. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayLegacyContentIT extends ContentContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay").withOption("overlay.mount_api", "legacy");
    }

    @Override
    protected int maxParents() {
        return 500;
    }
}
