package dev.varve.adapter.overlay;

import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

/** Provides {@link OverlayDriver}. */
public final class OverlayDriverProvider implements LayerDriverProvider {
    @Override
    public String name() {
        return "overlay";
    }

    @Override
    public Support probe(DriverContext context) throws VarveException {
        return new OverlayProbe(context, OverlayOptions.parse(context.options())).run();
    }

    @Override
    public LayerDriver open(DriverContext context) throws VarveException {
        if (!context.syscalls().host().mayMount()) {
            throw new DriverPrerequisitesException(name(), OverlayProbe.lack(context.syscalls().host().mountRight()),
                    "run as root, or in a user and a mount namespace of its own (unshare -Urm), or use --driver vfs");
        }
        OverlayOptions options = OverlayOptions.parse(context.options());
        OverlayFacts facts = OverlayFacts.find(context, options);
        OverlayProbe.require(context, facts, options.settings());
        new NamespaceRecord(context).require(facts.whiteouts().namespace());
        return new OverlayDriver(context, facts, options);
    }
}
