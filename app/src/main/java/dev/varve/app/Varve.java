package dev.varve.app;

import java.nio.file.Path;
import java.util.List;

import dev.varve.app.service.Store;
import dev.varve.app.wiring.Wiring;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.LayerStore;

/**
 * A store of layers and images, open. Safe for use by several threads; several processes may have one store open.
 *
 * <p>
 * The driver is the one that the configuration names, else the one that the environment variable {@code VARVE_DRIVER}
 * names, else the one whose layers the store holds already, else the first of {@code overlay} and {@code vfs} and then
 * the others by name that works here. A driver that was named is the one that is used, or opening fails.
 */
public final class Varve implements AutoCloseable {
    private final Store store;

    private Varve(Store store) {
        this.store = store;
    }

    /** Opens the store in this directory, or makes one there. */
    public static Varve open(Path directory) throws VarveException {
        return open(VarveConfig.of(directory));
    }

    /**
     * Opens a store, or makes one. What a crash left behind is cleared away.
     *
     * @throws dev.varve.domain.error.NoSuchDriverException  if the driver that was named is not on the module path
     * @throws dev.varve.domain.error.UnsupportedException   if it does not work here, or none does: the message lists each
     *                                                       with its reason
     * @throws dev.varve.domain.error.StoreVersionException  if the store is of another version
     * @throws dev.varve.domain.error.SyscallFailedException if the directory cannot be made, read or written
     */
    public static Varve open(VarveConfig config) throws VarveException {
        return new Varve(Wiring.open(config.store(), config.driver(), config.options()));
    }

    /** All drivers on the module path, and whether each would work in this store. Makes the store's directory if it is missing. */
    public static List<DriverReport> drivers(VarveConfig config) throws VarveException {
        return Wiring.drivers(config.store(), config.driver(), config.options())
                .stream()
                .map(d -> new DriverReport(d.name(), d.support(), d.selected()))
                .toList();
    }

    public LayerStore layers() {
        return store.layers();
    }

    public Images images() {
        return store.images();
    }

    public StoreStatus status() throws VarveException {
        return store.status();
    }

    /**
     * Gives back the leases that this object handed out and that were neither closed nor detached, last first, and then
     * all else. A second call does nothing.
     *
     * @throws VarveException if a lease could not be given back; the others were, and further failures are suppressed in it
     */
    @Override
    public void close() throws VarveException {
        store.close();
    }
}
