package dev.varve.adapter.syscall.ffm;

import java.nio.file.Path;

import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.idmap.IdMapping;

/**
 * Mounts of directories that are in no mount table: of their own attributes, and gone with their descriptors
 * (open_tree(2), mount_setattr(2)).
 */
final class DetachedTree {
    /** The size of {@code struct mount_attr}: attr_set, attr_clr, propagation, userns_fd. */
    static final int ATTR_SIZE = 32;
    private static final int ATTR_CLEAR = 8;
    private static final int ATTR_USERNS = 24;
    private static final int OPEN_TREE_CLONE = 1;
    private static final long MOUNT_ATTR_IDMAP = 0x100000;
    private static final int RESOLVE_BENEATH = 0x08;

    private DetachedTree() {}

    /** @return its descriptor, which the caller closes */
    static int of(FdInode directory, Path shown, long set, long clear) throws SyscallFailedException {
        return clone(directory, shown, set, clear, 0);
    }

    /**
     * One that shows other owners than the files have.
     *
     * @return its descriptor, which the caller closes
     */
    static int mapped(FdInode directory, Path shown, long set, long clear, IdMapping ids)
            throws SyscallFailedException {
        return UserNamespace.use(ids, namespace -> clone(directory, shown, set | MOUNT_ATTR_IDMAP, clear, namespace));
    }

    private static int clone(FdInode directory, Path shown, long set, long clear, int namespace)
            throws SyscallFailedException {
        try (Frame f = new Frame()) {
            long mount = f.call(Sysno.OPEN_TREE, directory.fd(), f.text(""),
                    OPEN_TREE_CLONE | FdDirectory.O_CLOEXEC | Statx.AT_EMPTY_PATH);
            if (mount < 0) {
                throw Frame.failure(Sysno.OPEN_TREE, "\"" + shown + "\"", mount);
            }
            Memory attr = f.memory(ATTR_SIZE);
            attr.putLong(0, set);
            attr.putLong(ATTR_CLEAR, clear);
            attr.putLong(ATTR_USERNS, namespace);
            long r = f.call(Sysno.MOUNT_SETATTR, mount, f.text(""), Statx.AT_EMPTY_PATH, attr.address(), ATTR_SIZE, 0);
            if (r < 0) {
                FdInode.closeFd((int) mount);
                throw Frame.failure(Sysno.MOUNT_SETATTR,
                        "\"" + shown + "\"" + ((set & MOUNT_ATTR_IDMAP) == 0 ? "" : ", MOUNT_ATTR_IDMAP"), r);
            }
            return (int) mount;
        }
    }

    /** Opens a directory of such a mount, by a path that does not lead out of it. */
    static FdInode beneath(FdInode tree, Path relative, Path shown) throws SyscallFailedException {
        try (Frame f = new Frame()) {
            Memory how = f.memory(24);
            how.putLong(0, FdDirectory.O_PATH | FdDirectory.O_NOFOLLOW | FdDirectory.O_CLOEXEC);
            how.putLong(16, RESOLVE_BENEATH);
            long fd = f.call(Sysno.OPENAT2, tree.fd(), f.text(FdDirectory.hostBytes(relative)), how.address(), 24);
            if (fd < 0) {
                throw Frame.failure(Sysno.OPENAT2, "\"" + shown + "\"", fd);
            }
            return new FdInode((int) fd, true, Where.of(shown.toString()));
        }
    }
}
