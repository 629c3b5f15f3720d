package dev.varve.app.service;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.varve.app.DriverReason;
import dev.varve.app.StoreStatus;
import dev.varve.app.image.ImageService;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Syscalls;

/** One open store: the services over its driver and catalogue. */
public final class Store implements AutoCloseable {
    private final Core core;
    private final Path root;
    private final DriverReason reason;
    private final Optional<PrivateMounts> mounts;
    private final LayerService layers;
    private final ImageService images;
    private final List<StoreStatus.Leftover> leftovers;

    private Store(Core core, Path root, DriverReason reason, Optional<PrivateMounts> mounts,
            List<StoreStatus.Leftover> leftovers) {
        this.core = core;
        this.root = root;
        this.reason = reason;
        this.mounts = mounts;
        this.leftovers = leftovers;
        this.layers = new LayerService(core);
        this.images = new ImageService(layers, layers::hold, layers::retire, core.catalogue(), core.archives(),
                core.home()::spool, core.clock());
    }

    /**
     * Opens the part of a store that belongs to a driver, and clears away what a crash left. What cannot be deleted is
     * told by {@link #status} and tried again at the next opening.
     *
     * @param root   of the store
     * @param home   of the driver in it, which exists
     * @param reason why this driver was chosen
     * @param mounts what keeps the store's mounts to this namespace, if anything is to; it is closed with the store
     */
    public static Store open(Path root, Path home, Syscalls syscalls, Catalogue catalogue, LayerDriver driver,
            Archives archives, DriverReason reason, Optional<PrivateMounts> mounts) throws VarveException {
        StoreHome place = new StoreHome(home, syscalls);
        List<StoreStatus.Leftover> leftovers = List.of();
        try {
            place.prepare();
            leftovers = Sweep.of(place, catalogue);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EROFS) && !e.errno().isPermission()) {
                throw e;
            }
            // a store that may only be read needs no clearing
        }
        return new Store(new Core(place, syscalls, catalogue, driver, archives, Clock.systemUTC()), root, reason,
                mounts, leftovers);
    }

    public LayerStore layers() {
        return layers;
    }

    public Images images() {
        return images;
    }

    /** What is to be known of the store as it stands. */
    public StoreStatus status() throws VarveException {
        return new StoreReport(core, layers, leftovers).of(root, reason);
    }

    /**
     * Gives back the leases that were left open, then the catalogue, then the private mount. If a lease could not be given
     * back, what is needed to do so stays open, and a further call tries again.
     */
    @Override
    public void close() throws VarveException {
        layers.close();
        core.catalogue().close();
        if (mounts.isPresent()) {
            mounts.get().close();
        }
    }
}
