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
 * names, else the configured default, else the one whose layers the store holds already, else the first in order
 * ({@code overlay}, {@code vfs}, then the others by name) that works here. A driver that was named is the one that is
 * used, or opening fails. {@link DriverReason} has the same list.
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
     * @throws dev.varve.domain.error.NoSuchDriverException           if the driver that was named, or whose layers are
     *                                                                there, is not on the module path
     * @throws dev.varve.domain.error.DriverSetupException            if two drivers there have one name
     * @throws dev.varve.domain.error.InvalidOptionException          if an option is unknown, or cannot have its value
     * @throws dev.varve.domain.error.DriverNotSupportedException     if the driver that was named cannot work here
     * @throws dev.varve.domain.error.DriverPrerequisitesException    if it could, were it not for something missing
     * @throws dev.varve.domain.error.IncompatibleFileSystemException if it cannot on the store's file system
     * @throws dev.varve.domain.error.NoUsableDriverException         if none was named and none works: the message lists
     *                                                                each with its reason
     * @throws dev.varve.domain.error.WrongStateException             if none was named and there are layers of several
     * @throws dev.varve.domain.error.StoreVersionException           if the store is of another version
     * @throws dev.varve.domain.error.SyscallFailedException          if the directory cannot be made, read or written
     */
    public static Varve open(VarveConfig config) throws VarveException {
        return new Varve(Wiring.open(config));
    }

    /**
     * All drivers on the module path, in the order of trying, and whether each would work in this store. A store that is
     * not there is not made: what a driver has to try it tries in a directory that is made for that, and removed.
     */
    public static List<DriverReport> drivers(VarveConfig config) throws VarveException {
        return Wiring.drivers(config);
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
     * @throws VarveException if a lease could not be given back, for instance because a file is open in what it mounted;
     *                        the others were, further failures are suppressed in it, and a further call gives back the
     *                        rest
     */
    @Override
    public void close() throws VarveException {
        store.close();
    }
}
