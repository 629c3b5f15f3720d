package dev.varve.ports.syscall;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.MountPlan;

/** The mount table of this process's mount namespace. Safe for use by several threads. */
public interface Mounts {
    /**
     * Carries out the plan and proves from mountinfo that what is mounted is what was planned. After a failure nothing
     * of it is mounted.
     *
     * @throws dev.varve.domain.error.UnsupportedException   if the kernel has no such file system or call
     * @throws dev.varve.domain.error.SyscallFailedException for any other reason; the kernel's own text is in the message
     * @throws dev.varve.domain.error.WrongStateException    if the proof failed; the mount was undone
     */
    void mount(MountPlan plan) throws VarveException;

    /**
     * Unmounts what is mounted at exactly this path. umount2(2) with UMOUNT_NOFOLLOW.
     *
     * @return false if nothing was mounted there
     * @throws dev.varve.domain.error.SyscallFailedException EBUSY if it is in use and {@code mode} is not LAZY
     */
    boolean unmount(Path target, UnmountMode mode) throws VarveException;

    /** What is mounted at exactly this path, the topmost if several are. */
    Optional<MountInfo> find(Path target) throws VarveException;

    /** The whole table, in the kernel's order. */
    List<MountInfo> table() throws VarveException;

    /** What is mounted on this directory and anywhere beneath it, in the kernel's order. */
    default List<MountInfo> beneath(Path directory) throws VarveException {
        String top = directory.toString();
        return table().stream()
                .filter(m -> m.mountPoint().equals(top) || m.mountPoint().startsWith(top + "/"))
                .toList();
    }

    /** How an unmount treats a file system that is in use. */
    enum UnmountMode {
        /** Fails with EBUSY. */
        STRICT,
        /** Takes it out of the tree at once, and ends it when its last user is gone (MNT_DETACH). */
        LAZY
    }
}
