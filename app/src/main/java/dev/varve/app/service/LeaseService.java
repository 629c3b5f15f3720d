package dev.varve.app.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.RootPlan;
import dev.varve.ports.syscall.Mounts;

/**
 * Holds on root file systems. The records say who holds, the kernel says what is mounted; where they differ the kernel is
 * right. Each transition happens under the catalogue's lock, so a mount and its first or last record go together.
 */
final class LeaseService {
    private static final int UNMOUNT_TRIES = 10;
    private static final long UNMOUNT_PAUSE_MILLIS = 20;
    private static final long DETACHED = 0;
    private final Core core;

    LeaseService(Core core) {
        this.core = core;
    }

    /** The holds on the layer that are worth something: those of another boot went with its mounts. */
    List<LeaseRecord> live(LayerNumber layer) throws VarveException {
        String boot = core.syscalls().host().bootId();
        return core.catalogue().leases(layer).stream().filter(l -> l.bootId().equals(boot)).toList();
    }

    /** A hold that was taken, and where the root file system is. */
    record Taken(LeaseRecord lease, Path path) {}

    Taken acquire(LayerId id) throws VarveException {
        return core.catalogue().exclusively(() -> {
            LayerRecord layer = core.require(id);
            List<LeaseRecord> holds = new ArrayList<>(live(layer.number()));
            Access access = !holds.isEmpty() ? holds.getFirst().access()
                    : core.isFrozen(layer) ? Access.READ_ONLY : Access.READ_WRITE;
            RootPlan plan = core.driver().root(core.place(layer), core.parentPlaces(layer), access);
            boolean mountedNow = plan instanceof RootPlan.Mounted mounted && mountIfNeeded(mounted);
            LeaseRecord lease = new LeaseRecord(layer.number(), UUID.randomUUID().toString(),
                    core.syscalls().host().pid(), core.syscalls().host().bootId(), access, core.clock().instant());
            holds.add(lease);
            try {
                core.catalogue().putLeases(layer.number(), holds);
            } catch (VarveException e) {
                if (mountedNow && holds.size() == 1) {
                    unmountAfter(plan.path(), e);
                }
                throw e;
            }
            return new Taken(lease, plan.path());
        });
    }

    /** What is mounted already and is what would be mounted is taken over: a crash or another process left it. */
    private boolean mountIfNeeded(RootPlan.Mounted mounted) throws VarveException {
        Mounts mounts = core.syscalls().mounts();
        Optional<MountInfo> found = mounts.find(mounted.path());
        if (found.isPresent()) {
            if (mounted.plan().proof().contradiction(found.get()).isEmpty()) {
                return false;
            }
            mounts.unmount(mounted.path(), Mounts.UnmountMode.LAZY);
        }
        mounts.mount(mounted.plan());
        return true;
    }

    private void unmountAfter(Path path, VarveException cause) {
        try {
            core.syscalls().mounts().unmount(path, Mounts.UnmountMode.LAZY);
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    /** Makes the hold one that no process has: only {@link #releaseOldest} gives it back. */
    void detach(LeaseRecord lease) throws VarveException {
        core.catalogue().exclusively(() -> {
            core.catalogue()
                    .putLeases(lease.layer(), live(lease.layer()).stream()
                            .map(l -> l.token().equals(lease.token())
                                    ? new LeaseRecord(l.layer(), l.token(), DETACHED, l.bootId(), l.access(), l.since())
                                    : l)
                            .toList());
            return lease;
        });
    }

    /** Gives back this very hold; one that is not there any more is success. */
    void release(LeaseRecord lease) throws VarveException {
        core.catalogue().exclusively(() -> {
            List<LeaseRecord> holds = live(lease.layer());
            List<LeaseRecord> left = holds.stream().filter(l -> !l.token().equals(lease.token())).toList();
            if (left.size() < holds.size()) {
                drop(core.catalogue().find(lease.layer()), left, lease.layer());
            }
            return left;
        });
    }

    /** Gives back the oldest hold that no living process has; returns how many are left. */
    int releaseOldest(LayerId id) throws VarveException {
        return core.catalogue().exclusively(() -> {
            LayerRecord layer = core.require(id);
            List<LeaseRecord> holds = live(layer.number());
            Optional<LeaseRecord> oldest = holds.stream()
                    .filter(l -> l.pid() == DETACHED || !lives(l.pid()))
                    .findFirst();
            if (oldest.isEmpty() && !holds.isEmpty()) {
                throw new LayerInUseException(id, "process " + holds.getFirst().pid(),
                        "it gives the layer back when it closes its lease or ends");
            }
            List<LeaseRecord> left = holds.stream().filter(l -> !Optional.of(l).equals(oldest)).toList();
            boolean unmounted = drop(Optional.of(layer), left, layer.number());
            if (oldest.isEmpty() && !unmounted) {
                throw new WrongStateException("layer " + id + " is not mounted",
                        "`varve layer inspect` shows its state");
            }
            return left.size();
        });
    }

    private static boolean lives(long pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    private boolean drop(Optional<LayerRecord> layer, List<LeaseRecord> left, LayerNumber number)
            throws VarveException {
        boolean unmounted = layer.isPresent() && left.isEmpty() && unmount(layer.get());
        core.catalogue().putLeases(number, left);
        return unmounted;
    }

    /** Unmounts the layer's root, if it is mounted. */
    boolean unmount(LayerRecord layer) throws VarveException {
        for (Access access : Access.values()) {
            Optional<Path> path = mountPath(layer, access);
            if (path.isPresent() && unmount(layer, path.get())) {
                return true;
            }
        }
        return false;
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

    /** Where the layer's root is mounted when it is used so; empty where that needs no mount, or cannot be. */
    private Optional<Path> mountPath(LayerRecord layer, Access access) throws VarveException {
        try {
            RootPlan plan = core.driver().root(core.place(layer), core.parentPlaces(layer), access);
            return plan instanceof RootPlan.Mounted ? Optional.of(plan.path()) : Optional.empty();
        } catch (UnsupportedException e) {
            return Optional.empty(); // a chain of the greatest length is not mounted read-only
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
    Optional<Path> mountPoint(LayerRecord layer) throws VarveException {
        for (Access access : Access.values()) {
            Optional<Path> path = mountPath(layer, access);
            if (path.isPresent() && core.syscalls().mounts().find(path.get()).isPresent()) {
                return path;
            }
        }
        return Optional.empty();
    }
}
