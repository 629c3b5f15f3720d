package dev.varve.it;

import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.StoreHost;

/** The same where committed layers are full trees of hard links. */
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayHardlinkContentIT extends ContentContract {
    @Override
    protected StoreHost host() {
        return KernelHost.of("overlay").withOption("overlay.strategy", "hardlink");
    }

    @Override
    protected int maxParents() {
        return 0; // everything is stacked on one full tree
    }
}
