package dev.varve.app.service;

import java.nio.file.Path;
import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.RootPlan;
import dev.varve.ports.syscall.Mounts;

/** The mounts of a store's layers, as the kernel has them. The catalogue's lock is held by whoever changes them. */
final class LayerMounts {
    private static final int UNMOUNT_TRIES = 10;
    private static final long UNMOUNT_PAUSE_MILLIS = 20;
    private final Core core;

    LayerMounts(Core core) {
        this.core = core;
    }

    /**
     * Mounts a layer. What is mounted already and is what would be mounted is taken over: a crash or another process left
     * it.
     *
     * @param held    whether somebody holds the layer
     * @param written whether it was mounted for writing since the system came up
     * @return whether it was mounted now
     * @throws WrongStateException if somebody holds it mounted in another way
     * @throws LayerInUseException if nobody does, but files in what is mounted there are open: they would go on being
     *                             written to beneath a second mount of the same directories
     */
    boolean mount(LayerRecord layer, RootPlan.Mounted mounted, boolean held, boolean written) throws VarveException {
        Mounts mounts = core.syscalls().mounts();
        Optional<MountInfo> found = mounts.find(mounted.path());
        if (found.isPresent()) {
            Optional<String> contradiction = mounted.plan().proof().contradiction(found.get());
            if (contradiction.isEmpty()) {
                return false;
            }
            if (held) {
                throw new WrongStateException(
                        "layer " + layer.id() + " is mounted in another way already: " + contradiction.get(),
                        "open the store with the options that it was mounted with, or unmount it first: varve layer umount");
            }
            unmount(layer, mounted.path());
        }
        core.driver().settle(core.place(layer), found.isPresent() || written);
        mounts.mount(mounted.plan());
        return true;
    }

    /** Ends a mount of this moment that nobody got to hear of; what is in use already is taken over by the next one. */
    void undo(LayerRecord layer, Path path, VarveException cause) {
        try {
            core.syscalls().mounts().unmount(path, Mounts.UnmountMode.STRICT);
            core.driver().settle(core.place(layer), true);
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Unmounts the layer's root.
     *
     * @return whether it was mounted
     * @throws LayerInUseException if something is mounted in it, or files in it stay open for a while
     */
    boolean unmount(LayerRecord layer) throws VarveException {
        Optional<Path> path = core.driver().mountPoint(core.place(layer));
        return path.isPresent() && unmount(layer, path.get());
    }

    private boolean unmount(LayerRecord layer, Path path) throws VarveException {
        for (int tries = 1;; tries++) {
            try {
                return core.syscalls().mounts().unmount(path, Mounts.UnmountMode.STRICT);
            } catch (SyscallFailedException e) {
                if (!e.errno().equals(Errno.EBUSY)) {
                    throw e;
                }
                refuseMountedIn(layer, path);
                if (tries == UNMOUNT_TRIES || !pause()) {
                    throw new LayerInUseException(layer.id(), "a process with a file open under " + path,
                            "find it with `fuser -vm " + path + "`, end it, and try again");
                }
            }
        }
    }

    /**
     * Refuses a layer in whose directory something is mounted that is not Varve's own mount of its root.
     *
     * @throws LayerInUseException with the place of the mount
     */
    void refuseForeign(LayerRecord layer) throws VarveException {
        Path directory = core.place(layer).directory();
        Optional<String> own = core.driver().mountPoint(core.place(layer)).map(Path::toString);
        boolean ownSeen = false;
        for (MountInfo mount : core.syscalls().mounts().beneath(directory)) {
            if (!ownSeen && own.equals(Optional.of(mount.mountPoint()))) {
                ownSeen = true;
            } else {
                throw mountedIn(layer, mount);
            }
        }
    }

    private void refuseMountedIn(LayerRecord layer, Path root) throws VarveException {
        for (MountInfo mount : core.syscalls().mounts().beneath(root)) {
            if (!mount.mountPoint().equals(root.toString())) {
                throw mountedIn(layer, mount);
            }
        }
    }

    private static LayerInUseException mountedIn(LayerRecord layer, MountInfo mount) {
        return new LayerInUseException(layer.id(), "what is mounted at " + mount.mountPoint(),
                "unmount that first: umount " + mount.mountPoint());
    }

    private static boolean pause() {
        try {
            Thread.sleep(UNMOUNT_PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Where the layer's root is mounted now. */
    Optional<Path> point(LayerRecord layer) throws VarveException {
        Optional<Path> path = core.driver().mountPoint(core.place(layer));
        return path.isPresent() && core.syscalls().mounts().find(path.get()).isPresent() ? path : Optional.empty();
    }
}
