package dev.varve.adapter.syscall.ffm;

import dev.varve.domain.error.Errno;
import dev.varve.ports.syscall.MountRight;

/** The mount namespace of this process. */
final class MountNamespace {
    private static final int OPEN_TREE_CLONE = 1;
    /** {@code _IO(0xb7, 1)} of ioctl_ns(2). */
    private static final int NS_GET_USERNS = 0xb701;

    private MountNamespace() {}

    /**
     * What somebody with CAP_SYS_ADMIN may do, found by cloning a mount that is attached nowhere: before it looks at
     * anything else, open_tree(2) asks what mounting asks. A kernel that has no such call is taken at the capability's word.
     */
    static MountRight right() {
        try (Frame f = new Frame()) {
            long tree = f.call(Sysno.OPEN_TREE, FdDirectory.AT_FDCWD, f.text("/"),
                    OPEN_TREE_CLONE | FdDirectory.O_CLOEXEC);
            if (tree >= 0) {
                FdInode.closeFd((int) tree);
            }
            if (!Frame.is(tree, Errno.EPERM)) {
                return MountRight.GRANTED;
            }
            return hasForeignOwner(f) ? MountRight.NOT_OWNER : MountRight.REFUSED;
        }
    }

    /** The kernel tells the owner of a namespace only if that is this process's user namespace or one beneath it. */
    private static boolean hasForeignOwner(Frame f) {
        long namespace = f.call(Sysno.OPENAT, FdDirectory.AT_FDCWD, f.text("/proc/thread-self/ns/mnt"),
                FdDirectory.O_RDONLY | FdDirectory.O_CLOEXEC, 0);
        if (namespace < 0) {
            return false;
        }
        long owner = f.call(Sysno.IOCTL, namespace, NS_GET_USERNS);
        FdInode.closeFd((int) namespace);
        if (owner >= 0) {
            FdInode.closeFd((int) owner);
        }
        return Frame.is(owner, Errno.EPERM);
    }
}
