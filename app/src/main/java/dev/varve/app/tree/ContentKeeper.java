package dev.varve.app.tree;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;

/** Hears where in its tree a {@link DeltaWriter} stores what an archive holds, and has a say in what becomes of it. */
public interface ContentKeeper {
    /** Remembers nothing and keeps nothing. */
    ContentKeeper NONE = new ContentKeeper() {
        @Override
        public void storing(EntryPath path) {
            // not wanted
        }

        @Override
        public void stored() {
            // not wanted
        }

        @Override
        public void takeAway(Directory parent, EntryName name, EntryPath path) throws VarveException {
            TreeRemover.remove(parent, name);
        }
    };

    /**
     * What the archive gives out from now on is stored in the file at this path, every byte at its offset.
     *
     * @param path of the tree itself: no symbolic link on the way
     */
    void storing(EntryPath path);

    /** What the archive gives out from now on is not stored. */
    void stored();

    /**
     * Takes an entry out of the tree, with all that is beneath it, because a later entry of the archive replaces it.
     * Afterwards the name is free.
     */
    void takeAway(Directory parent, EntryName name, EntryPath path) throws VarveException;
}
