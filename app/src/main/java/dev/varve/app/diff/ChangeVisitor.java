package dev.varve.app.diff;

import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/** Hears of differences, in the order of a layer archive: a directory before what is in it, its deletions first. */
interface ChangeVisitor {
    /** The path is in the older tree only; what was beneath it is gone with it. */
    void deleted(EntryPath path) throws VarveException;

    /**
     * The path is in the newer tree and differs.
     *
     * @param parent the directory that holds it, open until the call returns
     */
    void present(ChangeKind kind, EntryPath path, Directory parent, EntryName name, FileStat stat)
            throws VarveException;

    /** The root of the newer tree has other attributes; {@code shown} if by more than its time. */
    void root(Directory root, boolean shown) throws VarveException;
}
