package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;

/** Directories beneath a root, opened one component after the other, no link followed, and closed together. */
final class DirectoryHandles implements AutoCloseable {
    private final Directory root;
    private final Deque<Directory> open = new ArrayDeque<>();

    /** @param root stays open */
    DirectoryHandles(Directory root) {
        this.root = root;
    }

    Directory beneath(EntryPath path) throws VarveException {
        Directory at = root;
        for (EntryName name : path.names()) {
            at = beneath(at, name);
        }
        return at;
    }

    /** One component further down. */
    Directory beneath(Directory at, EntryName name) throws VarveException {
        Directory next = at.open(name);
        open.push(next);
        return next;
    }

    @Override
    public void close() {
        open.forEach(Directory::close);
        open.clear();
    }
}
