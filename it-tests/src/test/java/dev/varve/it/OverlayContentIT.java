package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** What the overlay driver's layers hold. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayContentIT extends ContentContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay");
    }

    @Override
    protected int maxParents() {
        return 500;
    }
}
