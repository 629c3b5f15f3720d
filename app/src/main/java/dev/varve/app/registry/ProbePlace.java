package dev.varve.app.registry;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

import dev.varve.app.tree.TreeRemover;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Mounts;
import dev.varve.ports.syscall.Syscalls;

/**
 * An empty directory in which drivers try what they can, locked as long as it is in use. Not the store itself: drivers
 * sweep what earlier tries left, and a directory that is not a store yet may hold what is somebody else's.
 */
record ProbePlace(Path path, Optional<Directory> made, Syscalls syscalls) implements AutoCloseable {
    private static final String PREFIX = ".varve-probe-";
    private static final int TRIES = 10;

    /**
     * Makes one, after removing what this user's processes left that were killed. Where nothing can be made it is the
     * parent itself: drivers sweep only where they can make something.
     */
    static ProbePlace beneath(Path parent, Syscalls syscalls) throws VarveException {
        try (Directory directory = syscalls.directory(parent)) {
            sweep(directory, parent, syscalls);
            return make(directory, parent, syscalls);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EROFS) && !e.errno().isPermission()) {
                throw e;
            }
            return new ProbePlace(parent, Optional.empty(), syscalls);
        }
    }

    private static ProbePlace make(Directory parent, Path path, Syscalls syscalls) throws VarveException {
        for (int tries = 0; tries < TRIES; tries++) {
            EntryName name = EntryName.of(PREFIX + syscalls.host().pid() + "-" + Long.toHexString(System.nanoTime()));
            parent.makeDirectory(name, 0700);
            Optional<Directory> locked = parent.openLocked(name, LockMode.EXCLUSIVE);
            if (locked.isPresent() && isThere(parent, name, locked.get())) {
                return new ProbePlace(path.resolve(name.toString()), locked, syscalls);
            }
        }
        throw new SyscallFailedException("flock(\"" + path.resolve(PREFIX) + "…\")", Errno.EAGAIN);
    }

    /** Between making and locking it, another process may have taken it for a leftover. Closes the handle if not. */
    private static boolean isThere(Directory parent, EntryName name, Directory locked) throws VarveException {
        boolean there = false;
        try {
            there = parent.find(name).isPresent();
            return there;
        } finally {
            if (!there) {
                locked.close();
            }
        }
    }

    private static void sweep(Directory parent, Path path, Syscalls syscalls) throws VarveException {
        for (EntryName name : parent.list()) {
            if (name.toString().startsWith(PREFIX) && isOwn(parent.find(name), syscalls)) {
                Optional<Directory> left = parent.openLocked(name, LockMode.EXCLUSIVE);
                if (left.isPresent()) {
                    new ProbePlace(path.resolve(name.toString()), left, syscalls).close();
                }
            }
        }
    }

    /** The parent may be a directory in which anybody can make files. */
    private static boolean isOwn(Optional<FileStat> found, Syscalls syscalls) throws VarveException {
        return found.isPresent() && found.get().isDirectory() && found.get().uid() == syscalls.host().uid();
    }

    /** Ends what is mounted in it, and removes it. */
    @Override
    public void close() throws VarveException {
        if (made.isEmpty()) {
            return;
        }
        try (Directory _ = made.get();
                Directory parent = syscalls
                        .directory(Objects.requireNonNull(path.getParent(), "it was made in a directory"))) {
            if (!made.get().list().isEmpty()) {
                for (MountInfo mount : syscalls.mounts().table().reversed()) {
                    if (mount.mountPoint().startsWith(path + "/")) {
                        syscalls.mounts().unmount(Path.of(mount.mountPoint()), Mounts.UnmountMode.LAZY);
                    }
                }
            }
            TreeRemover.remove(parent, EntryName.of(path.getFileName().toString()));
        }
    }
}
