package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreHost;

/** The same where committed layers are full trees of hard links. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayHardlinkLifecycleIT extends LifecycleContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay").withOption("overlay.strategy", "hardlink");
    }
}
