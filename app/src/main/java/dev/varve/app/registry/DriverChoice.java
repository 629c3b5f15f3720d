package dev.varve.app.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.app.DriverReason;
import dev.varve.domain.error.DriverNotSupportedException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.IncompatibleFileSystemException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoUsableDriverException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

/** The driver that a store is used with, and why it is this one. */
public record DriverChoice(LayerDriverProvider provider, DriverReason reason) {
    /**
     * Chooses: the driver that is named (by the caller, else the environment, else the default); else the one whose layers
     * the store holds; else the first in order that works here. What is named is taken or refused, never replaced.
     *
     * <p>
     * A driver whose layers are there is not asked whether it works: a store can be read where no new one could be made.
     *
     * @throws NoSuchDriverException   if no driver has the name, or if the layers in the store are of a driver that is not
     *                                 there
     * @throws WrongStateException     if the store holds layers of several drivers and none is named
     * @throws UnsupportedException    if the driver that is named does not work here: one of its three subclasses for that
     * @throws NoUsableDriverException if none is named and none works
     * @throws VarveException          if a probe failed otherwise; nothing is concluded from that
     */
    public static DriverChoice of(DriverRegistry registry, DriverWishes wishes, DriverSite site) throws VarveException {
        Optional<String> name = wishes.name();
        if (name.isPresent()) {
            return named(registry.require(name.get()), wishes.reason(), site);
        }
        Set<String> prior = site.priorDrivers();
        if (prior.size() > 1) {
            throw new WrongStateException(
                    "the store " + site.name() + " holds layers of several drivers: " + String.join(", ", prior),
                    "name the one to use: --driver, or VARVE_DRIVER");
        }
        return prior.isEmpty() ? firstThatWorks(registry.inOrder(wishes.order()), site)
                : prior(registry, prior.iterator().next(), site);
    }

    private static DriverChoice named(LayerDriverProvider provider, DriverReason reason, DriverSite site)
            throws VarveException {
        if (!site.priorDrivers().contains(provider.name())) {
            Optional<UnsupportedException> refusal = refusal(provider.name(), site.probe(provider));
            if (refusal.isPresent()) {
                throw refusal.get();
            }
        }
        return new DriverChoice(provider, reason);
    }

    private static DriverChoice prior(DriverRegistry registry, String name, DriverSite site)
            throws NoSuchDriverException {
        return new DriverChoice(
                registry.find(name)
                        .orElseThrow(() -> new NoSuchDriverException(
                                "the store " + site.name() + " holds layers of the driver " + name
                                        + ", which is not there",
                                "put its module on the module path, or choose another store; " + registry.known())),
                DriverReason.PRIOR_STATE);
    }

    private static DriverChoice firstThatWorks(List<LayerDriverProvider> providers, DriverSite site)
            throws VarveException {
        List<UnsupportedException> refusals = new ArrayList<>();
        for (LayerDriverProvider provider : providers) {
            Optional<UnsupportedException> refusal = refusal(provider.name(), site.probe(provider));
            if (refusal.isEmpty()) {
                return new DriverChoice(provider, DriverReason.ORDER);
            }
            refusals.add(refusal.get());
        }
        throw new NoUsableDriverException(site.name(), refusals);
    }

    /** The failure that each kind of no is; empty for a yes. */
    static Optional<UnsupportedException> refusal(String driver, Support support) {
        return switch (support) {
            case Support.Yes yes -> Optional.empty();
            case Support.NotSupported no -> Optional.of(new DriverNotSupportedException(driver, no.reason()));
            case Support.PrerequisitesNotMet no -> Optional.of(new DriverPrerequisitesException(driver, no.reason()));
            case Support.IncompatibleBackingFileSystem no ->
                    Optional.of(new IncompatibleFileSystemException(driver, no.reason()));
        };
    }
}
