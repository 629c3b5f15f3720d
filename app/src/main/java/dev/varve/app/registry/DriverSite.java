package dev.varve.app.registry;

import java.util.Set;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

/** The store that a driver is chosen for. */
public interface DriverSite {
    /** For messages. */
    String name();

    /** Whether the driver works here. A second question is answered like the first. */
    Support probe(LayerDriverProvider provider) throws VarveException;

    /** The names of the drivers whose layers the store holds, sorted; an empty home binds nobody. */
    Set<String> priorDrivers() throws VarveException;
}
