package dev.varve.app.service;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Mounts;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;

/**
 * Keeps the mounts of a store to this mount namespace: while it is open, the store's directory is a private mount, of
 * itself where it was none (mount_namespaces(7)). Several objects and processes may hold one store so; each has a handle
 * beneath the mount, which keeps it busy, and the last one ends it, unless layers are still mounted there: then the next
 * last one does. What Varve mounted it knows by a file in the store; a mount of somebody else's is never ended.
 *
 * <p>
 * Where this user may not mount, there are no mounts to keep, and nothing is done.
 */
public final class PrivateMounts implements AutoCloseable {
    private static final EntryName MARK = EntryName.of("private-mount");
    /** The id of no mount. */
    private static final long NONE = -1;
    private static final int TRIES = 500;
    private static final long PAUSE_MILLIS = 10;
    private final Path store;
    private final Syscalls syscalls;
    private @Nullable Directory held;
    private boolean entered;

    private PrivateMounts(Path store, Syscalls syscalls) {
        this.store = store;
        this.syscalls = syscalls;
    }

    /**
     * Makes the store's directory a private mount, if it is none.
     *
     * @param store by its real path
     * @throws WrongStateException    if the store is the root directory, others changed its mount for five seconds, or
     *                                something is mounted beneath it already, which the private mount would hide
     * @throws SyscallFailedException if it cannot be mounted; nothing is mounted then
     */
    public static PrivateMounts enter(Path store, Syscalls syscalls) throws VarveException {
        PrivateMounts mounts = new PrivateMounts(store, syscalls);
        if (syscalls.host().mayMount()) {
            try (Directory _ = mounts.lock()) {
                Optional<MountInfo> found = syscalls.mounts().find(store);
                boolean mount = found.isEmpty() || found.get().shared();
                if (mount) {
                    mounts.refuseToHide(NONE);
                    mounts.mount();
                }
                mounts.hold(mount);
                mounts.entered = true;
            }
        }
        return mounts;
    }

    /** Of the directory above: a handle beneath the mount would keep it busy. */
    private Directory lock() throws VarveException {
        Path above = store.getParent();
        if (above == null) {
            throw new WrongStateException("mounts beneath / cannot be made private", "choose another store");
        }
        Directory directory = syscalls.directory(above);
        try {
            for (int tries = 0; !directory.tryLock(LockMode.EXCLUSIVE); tries++) {
                if (tries == TRIES) {
                    throw new WrongStateException("the directory " + above + " is locked by another process",
                            "try again, or find it with `fuser -v " + above + "`");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            return directory;
        } catch (InterruptedException e) {
            directory.close();
            Thread.currentThread().interrupt();
            throw new WrongStateException("interrupted while waiting for a lock on " + above, "");
        } catch (VarveException e) {
            directory.close();
            throw e;
        }
    }

    private void mount() throws VarveException {
        syscalls.mounts()
                .mount(new MountPlan(store, List.of(new MountStep.Bind(store, Set.of()), new MountStep.MakePrivate()),
                        new MountProof.Private()));
        try {
            long id = syscalls.mounts().find(store).map(MountInfo::id).orElse(0L);
            refuseToHide(id); // what somebody mounted since the first look
            mark(id);
        } catch (VarveException e) {
            unmountAfter(e);
            throw e;
        }
    }

    /** @param mounted whether this object just did so, and has to undo it if it fails */
    private void hold(boolean mounted) throws VarveException {
        try {
            held = syscalls.directory(store);
        } catch (VarveException e) {
            if (mounted) {
                unmountAfter(e);
            }
            throw e;
        }
    }

    private void unmountAfter(VarveException cause) {
        try {
            syscalls.mounts().unmount(store, Mounts.UnmountMode.STRICT);
            try (Directory root = syscalls.directory(store)) {
                removeMark(root);
            }
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * A bind mount has not what is mounted beneath its source: a layer would look unmounted, and be mounted a second time.
     * One with all that, a recursive one, would have copies: ending one of them would leave the other.
     *
     * @param ours the private mount's id, or {@link #NONE}
     */
    private void refuseToHide(long ours) throws VarveException {
        List<MountInfo> mounts = syscalls.mounts().beneath(store);
        for (MountInfo mount : mounts) {
            if (!mount.mountPoint().equals(store.toString()) && !isUpon(ours, mount, mounts)) {
                throw new WrongStateException(
                        "the mounts of " + store + " cannot be made private: " + mount.mountPoint()
                                + " is mounted already, and would be hidden",
                        "unmount it first (a layer: varve layer umount), or open the store without private mounts");
            }
        }
    }

    private static boolean isUpon(long ours, MountInfo mount, List<MountInfo> mounts) {
        Optional<MountInfo> at = Optional.of(mount);
        while (at.isPresent() && at.get().parentId() != ours) {
            long parent = at.get().parentId();
            at = mounts.stream().filter(m -> m.id() == parent).findFirst();
        }
        return at.isPresent();
    }

    private void mark(long id) throws VarveException {
        byte[] content = text(id);
        try (Directory root = syscalls.directory(store)) {
            removeMark(root);
            try (OpenFile file = root.create(MARK, 0600)) {
                file.write(0, content, 0, content.length);
            }
        }
    }

    private static void removeMark(Directory root) throws VarveException {
        if (root.find(MARK).isPresent()) {
            root.remove(MARK);
        }
    }

    /** Ids of mounts are given out anew after a boot. */
    private byte[] text(long id) {
        return (syscalls.host().bootId() + " " + id + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private boolean isOurs(MountInfo mount) throws VarveException {
        byte[] expected = text(mount.id());
        try (Directory root = syscalls.directory(store)) {
            if (root.find(MARK).isEmpty()) {
                return false;
            }
            try (OpenFile file = root.read(MARK)) {
                byte[] content = new byte[expected.length + 1];
                int length = file.read(0, content, 0, content.length);
                return length == expected.length && java.util.Arrays.equals(content, 0, length, expected, 0, length);
            }
        }
    }

    /**
     * Ends the mount if Varve made it and it is the last use. A second call does nothing, or tries again if the first one
     * failed.
     *
     * @throws VarveException if that failed for another reason than that it is in use
     */
    @Override
    public synchronized void close() throws VarveException {
        if (!entered) {
            return;
        }
        if (held != null) {
            held.close();
            held = null;
        }
        try (Directory _ = lock()) {
            Optional<MountInfo> found = syscalls.mounts().find(store);
            if (found.isPresent() && isOurs(found.get()) && unmount()) {
                try (Directory root = syscalls.directory(store)) {
                    removeMark(root);
                }
            }
        }
        entered = false;
    }

    private boolean unmount() throws VarveException {
        try {
            return syscalls.mounts().unmount(store, Mounts.UnmountMode.STRICT);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.EBUSY)) {
                return false; // somebody else uses it, or a layer is mounted beneath
            }
            throw e;
        }
    }
}
