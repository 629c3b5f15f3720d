package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * A walk through a tree of any depth: the way from the top to the directory that is being looked at, and of each
 * directory on it the names that are still to be looked at. Only the last ones of the way are held open; one further up is
 * opened again, name by name, when the walk comes back to it, and must still be the same then. For one thread.
 */
final class Descent implements AutoCloseable {
    /** So many directories are held open at most, and for a moment one more. */
    static final int HELD = 64;
    private final Directory top;
    private final List<Level> levels = new ArrayList<>();
    /** Of the levels, the first that is open. */
    private int firstOpen;

    private static final class Level {
        private final EntryName name;
        private final FileStat stat;
        private final Deque<EntryName> ahead;
        private @Nullable Directory directory;

        private Level(EntryName name, FileStat stat, Directory directory, Deque<EntryName> ahead) {
            this.name = name;
            this.stat = stat;
            this.directory = directory;
            this.ahead = ahead;
        }
    }

    /** @param top where the way begins; it stays open */
    Descent(Directory top) {
        this.top = top;
    }

    /** The directory that is being looked at; the top before the first and after the last one. */
    Directory here() {
        Directory last = levels.isEmpty() ? top : levels.getLast().directory;
        if (last == null) {
            throw new IllegalStateException("the directory could not be opened again");
        }
        return last;
    }

    /** Whether the walk is back at the top. */
    boolean isOver() {
        return levels.isEmpty();
    }

    /** The way, the last name being that of {@link #here}. */
    EntryPath path() {
        EntryPath path = EntryPath.ROOT;
        for (Level level : levels) {
            path = path.child(level.name);
        }
        return path;
    }

    /** The next name in {@link #here}, each being given once; empty if all were given. */
    Optional<EntryName> next() {
        return Optional.ofNullable(levels.getLast().ahead.poll());
    }

    /**
     * Goes on into a directory.
     *
     * @param directory an entry of {@link #here}; closed by this object, also if it fails
     * @param stat      of it
     */
    void enter(EntryName name, Directory directory, FileStat stat) throws VarveException {
        Deque<EntryName> ahead;
        try {
            ahead = new ArrayDeque<>(directory.list());
        } catch (VarveException e) {
            directory.close();
            throw e;
        }
        levels.add(new Level(name, stat, directory, ahead));
        if (levels.size() - firstOpen > HELD) {
            close(levels.get(firstOpen++));
        }
    }

    /**
     * Goes back to the directory above.
     *
     * @return the name of the one that was left
     * @throws SyscallFailedException ENOENT if the one above is not there any more
     */
    EntryName leave() throws VarveException {
        Level left = levels.removeLast();
        close(left);
        if (levels.size() <= firstOpen && !levels.isEmpty()) {
            reopen();
        }
        return left.name;
    }

    private void reopen() throws VarveException {
        firstOpen = Math.max(0, levels.size() - HELD);
        Directory above = top;
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            Directory directory;
            try {
                directory = reopened(above, level);
            } finally {
                if (i > 0 && i <= firstOpen) {
                    above.close();
                }
            }
            if (i >= firstOpen) {
                level.directory = directory;
            }
            above = directory;
        }
    }

    private static Directory reopened(Directory above, Level level) throws VarveException {
        Directory directory = above.open(level.name);
        try {
            if (directory.stat().sameInode(level.stat)) {
                return directory;
            }
        } catch (VarveException e) {
            directory.close();
            throw e;
        }
        directory.close();
        throw new SyscallFailedException("openat(\"" + level.name + "\")", Errno.ENOENT,
                "another directory has its name now");
    }

    private static void close(Level level) {
        Directory directory = level.directory;
        level.directory = null;
        if (directory != null) {
            directory.close();
        }
    }

    @Override
    public void close() {
        levels.forEach(Descent::close);
        levels.clear();
    }
}
