package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.TreeEditsContract;
import dev.varve.testkit.contract.StoreHost;

/** Random operations on the overlay driver's layers. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayTreeEditsIT extends TreeEditsContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay");
    }

    @Override
    protected boolean overlay() {
        return true;
    }
}
