package dev.varve.app.diff;

import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.change.Change;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/** Collects changes as a list, in the order of a walk. */
final class ChangeCollector implements ChangeVisitor {
    private final List<Change> changes = new ArrayList<>();

    List<Change> sorted() {
        changes.sort(null);
        return List.copyOf(changes);
    }

    @Override
    public void deleted(EntryPath path) {
        changes.add(new Change(ChangeKind.DELETED, path));
    }

    @Override
    public void present(ChangeKind kind, EntryPath path, Directory parent, EntryName name, FileStat stat) {
        changes.add(new Change(kind, path));
    }

    @Override
    public void root(Directory root, boolean shown) {
        if (shown) {
            changes.add(new Change(ChangeKind.MODIFIED, EntryPath.ROOT));
        }
    }
}
