package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreHost;

/** The overlay driver's layers come, are held, and go. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayLifecycleIT extends LifecycleContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay");
    }
}
