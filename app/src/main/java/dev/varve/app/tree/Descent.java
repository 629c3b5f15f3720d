package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;

/**
 * A walk through a tree of any depth: a {@link Way} down from the top, and of each directory on it the names that are still
 * to be looked at. For one thread.
 */
final class Descent implements AutoCloseable {
    private final Way way;
    private final Deque<Deque<EntryName>> ahead = new ArrayDeque<>();

    /** What has to hold of a directory before anything in it is looked at. */
    interface Condition {
        void require(Directory directory) throws VarveException;
    }

    /** @param top where the way begins; it stays open */
    Descent(Directory top) {
        this.way = new Way(top);
    }

    /** The directory that is being looked at; the top before the first and after the last one. */
    Directory here() throws VarveException {
        return way.current();
    }

    /** Whether the walk is back at the top. */
    boolean isOver() {
        return ahead.isEmpty();
    }

    /** The way, the last name being that of {@link #here}. */
    EntryPath path() {
        return way.path();
    }

    /** The next name in {@link #here}, each being given once; empty if all were given. */
    Optional<EntryName> next() {
        return Optional.ofNullable(ahead.element().poll());
    }

    /** Goes on into a directory that is in {@link #here}; after a failure the walk is where it was. */
    void enter(EntryName name, Condition condition) throws VarveException {
        Directory directory = way.enter(name);
        try {
            condition.require(directory);
            ahead.push(new ArrayDeque<>(directory.list()));
        } catch (VarveException e) {
            way.leave();
            throw e;
        }
    }

    /**
     * Goes back to the directory above.
     *
     * @return the name of the one that was left
     * @throws dev.varve.domain.error.SyscallFailedException ENOENT if the one above is not there any more
     */
    EntryName leave() throws VarveException {
        ahead.pop();
        EntryName left = way.leave();
        way.current();
        return left;
    }

    @Override
    public void close() {
        way.close();
    }
}
