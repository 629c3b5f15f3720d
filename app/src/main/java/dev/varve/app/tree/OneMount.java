package dev.varve.app.tree;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * Keeps a walk of a layer to the mount that its root is on: what somebody mounted in it is no part of it, and what that
 * hides cannot be told. Costs one statx(2) in all. For one thread.
 */
public final class OneMount {
    private final Directory root;
    private @Nullable FileStat top;

    /** @param root which is looked at when the first entry is, and not closed */
    public OneMount(Directory root) {
        this.root = root;
    }

    /**
     * Refuses an entry that was reached through another mount. Where the kernel does not tell (before 5.8), only
     * directories are compared: of overlayfs, other files may have the device of a layer (Documentation/filesystems/overlayfs,
     * "Inode properties").
     *
     * @throws WrongStateException if something is mounted on the entry, or on a directory that it is in
     */
    public void require(EntryPath directory, EntryName name, FileStat entry) throws VarveException {
        FileStat tree = top;
        if (tree == null) {
            tree = root.stat();
            top = tree;
        }
        if (!entry.sameMount(tree) && (entry.isDirectory() || entry.mountId() != 0)) {
            throw new WrongStateException(
                    "something is mounted on " + directory.child(name)
                            + " in a layer that is read: that is not the layer's",
                    "unmount it first (findmnt tells what is mounted where)");
        }
    }
}
