package dev.varve.app.tree;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.syscall.Directory;

/** How a tree on the disk says that something of the trees below it is hidden. */
public interface Marks {
    /** Whether the entry is no file but hides one of its name. */
    boolean isWhiteout(Directory parent, EntryName name, FileStat stat) throws VarveException;

    /** Whether an entry of that name belongs to the marks and not to the tree. */
    boolean isReserved(EntryName name);

    /** Hides what the trees below have under this name, which is not taken here. */
    void putWhiteout(Directory parent, EntryName name) throws VarveException;

    /** What the trees below have to do with a directory. */
    enum Below {
        /** What they have under its name shows through it. */
        SHOWN,
        /** All that they have under its name is hidden. */
        HIDDEN,
        /** What shows through it is under another name: only the kernel's own view tells. */
        ELSEWHERE
    }

    /** What of the trees below shows through this directory. */
    default Below below(Directory directory) throws VarveException {
        return isOpaque(directory) ? Below.HIDDEN : Below.SHOWN;
    }

    /** Whether the regular file has attributes only, and its content is in a tree below. */
    default boolean isWithoutContent(Directory parent, EntryName name) throws VarveException {
        return false;
    }

    /** Whether all is hidden that the trees below have in this directory. */
    boolean isOpaque(Directory directory) throws VarveException;

    /** Hides all that the trees below have in this directory. Whiteouts in it must be gone: the kernel would list them. */
    void setOpaque(Directory directory) throws VarveException;

    /** Marks for a delta that is going to be filled up to a full tree. */
    static Marks temporary() {
        return new StagingMarks();
    }

    /** The marks that a layer's tree is written with; a full tree has none. */
    static Marks of(LayerTree tree) {
        return switch (tree) {
            case LayerTree.Full full -> new NoMarks();
            case LayerTree.Delta delta -> switch (delta.whiteouts()) {
                case WhiteoutFormat.Overlay overlay -> new OverlayMarks(overlay);
            };
        };
    }
}
