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
            mounts.unmount(mounted.path(), Mounts.UnmountMode.LAZY);
        }
        core.driver().settle(core.place(layer), found.isPresent() || written);
        mounts.mount(mounted.plan());
        return true;
    }

    /** Ends a mount of this moment that nobody got to hear of. */
    void undo(LayerRecord layer, Path path, VarveException cause) {
        try {
            core.syscalls().mounts().unmount(path, Mounts.UnmountMode.LAZY);
            core.driver().settle(core.place(layer), true);
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Unmounts the layer's root.
     *
     * @return whether it was mounted
     * @throws LayerInUseException if files in it stay open for a while
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
                if (tries == UNMOUNT_TRIES || !pause()) {
                    throw new LayerInUseException(layer.id(), "a process with a file open under " + path,
                            "find it with `fuser -vm " + path + "`, end it, and try again");
                }
            }
        }
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
