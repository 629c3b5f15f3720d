package dev.varve.app.tree;

import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/** The marks of a tree that has nothing below it. */
final class NoMarks implements Marks {
    @Override
    public boolean isWhiteout(Directory parent, EntryName name, FileStat stat) {
        return false;
    }

    @Override
    public boolean isReserved(EntryName name) {
        return false;
    }

    @Override
    public void putWhiteout(Directory parent, EntryName name) {
        throw new IllegalStateException("a full tree has no whiteouts");
    }

    @Override
    public boolean isOpaque(Directory directory) {
        return false;
    }

    @Override
    public void setOpaque(Directory directory) {
        throw new IllegalStateException("a full tree has no opaque directories");
    }
}
