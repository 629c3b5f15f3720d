package dev.varve.app.tree;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * The directories, from the root of a tree to the one that is being written in, held open. When a directory is left it
 * gets back the time and the mode that it had when it was entered, so what is written into it does not show: a
 * directory's attributes are set once, when it is made, and need not be remembered until the end. For one thread.
 */
final class DirectoryStack implements AutoCloseable {
    private static final int MAX_DEPTH = 1024;
    private static final int OWNER_ALL = 0700;

    /** A directory that is held open. */
    static final class Level {
        private final EntryPath path;
        private final Directory directory;
        private final boolean lowerHidden;
        private int mode;
        private Instant modified;

        private Level(EntryPath path, Directory directory, boolean lowerHidden, FileStat stat) {
            this.path = path;
            this.directory = directory;
            this.lowerHidden = lowerHidden;
            this.mode = stat.mode();
            this.modified = stat.modified();
        }

        EntryPath path() {
            return path;
        }

        Directory directory() {
            return directory;
        }

        /** Whether this directory, or one above it, is opaque. */
        boolean lowerHidden() {
            return lowerHidden;
        }

        /** What the directory is to have when it is left. */
        void leaveWith(int newMode, Instant newModified) {
            mode = newMode;
            modified = newModified;
        }
    }

    private final Deque<Level> levels = new ArrayDeque<>();
    private final Marks marks;
    private final Tally tally;

    /**
     * @param root  is closed by this stack
     * @param tally is told of the directories' growth
     */
    DirectoryStack(Directory root, Marks marks, Tally tally) throws VarveException {
        this.marks = marks;
        this.tally = tally;
        FileStat stat = widen(root);
        tally.entered(stat);
        levels.push(new Level(EntryPath.ROOT, root, false, stat));
    }

    /** The root of the tree. */
    Directory root() {
        return levels.getLast().directory;
    }

    /** The directory at the path, which exists in this tree: those on the way are entered, others are left. */
    Level enter(EntryPath path) throws VarveException {
        Level top = levels.element();
        if (top.path.equals(path)) {
            return top;
        }
        leaveUntil(path);
        List<EntryName> names = path.names();
        if (names.size() > MAX_DEPTH) {
            throw new BadDataException("directories nested deeper than " + MAX_DEPTH + ": " + path,
                    "no path of Linux is that long");
        }
        for (EntryName name : names.subList(levels.size() - 1, names.size())) {
            Level above = levels.element();
            Directory directory = above.directory.open(name);
            boolean hidden;
            FileStat stat;
            try {
                stat = widen(directory);
                hidden = above.lowerHidden || marks.isOpaque(directory);
            } catch (VarveException e) {
                directory.close();
                throw e;
            }
            tally.entered(stat);
            levels.push(new Level(above.path.child(name), directory, hidden, stat));
        }
        return levels.element();
    }

    /** Leaves the directory at the path, and those beneath, so that it can be removed or entered afresh. */
    void leave(EntryPath path) throws VarveException {
        while (levels.element().path.isWithin(path)) {
            pop();
        }
    }

    private void leaveUntil(EntryPath path) throws VarveException {
        while (!path.isWithin(levels.element().path)) {
            pop();
        }
    }

    /** An ordinary user has to be allowed to write in what is his own. */
    private static FileStat widen(Directory directory) throws VarveException {
        FileStat stat = directory.stat();
        if ((stat.mode() & OWNER_ALL) != OWNER_ALL) {
            directory.setMode(stat.mode() | OWNER_ALL);
        }
        return stat;
    }

    private void pop() throws VarveException {
        Level level = levels.pop();
        try (Directory directory = level.directory) {
            if ((level.mode & OWNER_ALL) != OWNER_ALL) {
                directory.setMode(level.mode);
            }
            directory.setModified(level.modified);
            tally.left(directory.stat());
        }
    }

    /** Leaves all directories. After a failure the others are closed, but may keep other times and modes. */
    @Override
    public void close() throws VarveException {
        try {
            while (!levels.isEmpty()) {
                pop();
            }
        } finally {
            levels.forEach(l -> l.directory.close());
            levels.clear();
        }
    }
}
