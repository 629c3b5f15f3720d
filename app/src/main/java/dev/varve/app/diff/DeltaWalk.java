package dev.varve.app.diff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.varve.app.tree.Way;
import dev.varve.app.tree.Marks;
import dev.varve.app.tree.OneMount;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.syscall.Directory;

/**
 * Tells the changes of a delta from the delta alone: of the trees below only what has the same name is looked at, so the
 * cost grows with the change and not with the image.
 */
final class DeltaWalk {
    /** overlayfs wrote this delta in a way that needs the trees below to be understood. */
    static final class NotPlain extends Exception {
        private static final long serialVersionUID = 1L;

        NotPlain(String reason) {
            super(reason);
        }

        String reason() {
            return java.util.Objects.requireNonNullElse(getMessage(), "");
        }
    }

    /** What these say is not in the delta; the last: other names of the file are bound to it by an index. */
    private static final List<String> INDIRECT = List.of("redirect", "metacopy", "nlink");
    private final Marks marks;
    private final WhiteoutFormat.Overlay format;
    private final UnionView lower;
    private final ChangeVisitor visitor;

    DeltaWalk(Marks marks, WhiteoutFormat.Overlay format, UnionView lower, ChangeVisitor visitor) {
        this.marks = marks;
        this.format = format;
        this.lower = lower;
        this.visitor = visitor;
    }

    void run(Directory root) throws VarveException, NotPlain {
        Attributes below = lower.root().orElse(Attributes.missingParent());
        Entries.compareRoots(root, below, lower.isEmpty(), visitor);
        OneMount mount = new OneMount(root);
        try (Way way = new Way(root)) {
            Deque<Level> levels = new ArrayDeque<>();
            levels.push(enter(root, EntryPath.ROOT, mount, !lower.isEmpty(), false));
            while (!levels.isEmpty()) {
                Optional<Level> inner = next(levels.element(), mount, way);
                if (inner.isPresent()) {
                    levels.push(inner.get());
                } else if (!levels.element().files.hasNext()) {
                    levels.pop();
                    if (!levels.isEmpty()) {
                        way.leave();
                    }
                }
            }
        }
    }

    /**
     * A directory that is being walked.
     *
     * @param lowerHere whether the trees below have this directory
     * @param covered   whether what they have in it is hidden by an opaque directory
     * @param files     that were not visited yet
     */
    private record Level(EntryPath path, boolean lowerHere, boolean covered,
            Iterator<Map.Entry<EntryName, FileStat>> files) {}

    /** Tells what is deleted in the directory. */
    private Level enter(Directory directory, EntryPath path, OneMount mount, boolean lowerHere, boolean covered)
            throws VarveException {
        TreeMap<EntryName, FileStat> entries = Entries.of(directory, path, mount);
        TreeMap<EntryName, FileStat> files = new TreeMap<>();
        for (var entry : entries.entrySet()) {
            EntryName name = entry.getKey();
            if (!marks.isWhiteout(directory, name, entry.getValue())) {
                files.put(name, entry.getValue());
            } else if (lowerHere && !covered && lower.find(path.child(name)).isPresent()) {
                visitor.deleted(path.child(name));
            }
        }
        if (lowerHere && covered) {
            for (EntryName name : lower.list(path)) {
                if (!files.containsKey(name)) {
                    visitor.deleted(path.child(name));
                }
            }
        }
        return new Level(path, lowerHere, covered, files.entrySet().iterator());
    }

    /** Visits one more file of the directory; if it is a directory itself, that is to be walked next. */
    private Optional<Level> next(Level level, OneMount mount, Way way) throws VarveException, NotPlain {
        if (!level.files.hasNext()) {
            return Optional.empty();
        }
        Map.Entry<EntryName, FileStat> entry = level.files.next();
        EntryName name = entry.getKey();
        FileStat stat = entry.getValue();
        Directory directory = way.current();
        EntryPath child = level.path.child(name);
        refuseIndirect(directory, name, stat, child);
        Optional<UnionView.Found> below = level.lowerHere ? lower.find(child) : Optional.empty();
        visitor.present(below.isPresent() ? ChangeKind.MODIFIED : ChangeKind.ADDED, child, directory, name, stat);
        if (!stat.isDirectory()) {
            return Optional.empty();
        }
        boolean lowerDirectory = below.isPresent() && below.get().stat().isDirectory();
        Directory inner = way.enter(name);
        return Optional.of(enter(inner, child, mount, lowerDirectory, level.covered || marks.isOpaque(inner)));
    }

    private void refuseIndirect(Directory directory, EntryName name, FileStat stat, EntryPath path)
            throws VarveException, NotPlain {
        if (stat.isDirectory() || stat.type() == dev.varve.domain.tree.FileType.REGULAR) {
            Xattrs xattrs = directory.xattrs(name);
            for (String indirect : INDIRECT) {
                if (xattrs.has(format.xattr(indirect))) {
                    throw new NotPlain(path + " has overlayfs' attribute " + indirect);
                }
            }
        }
    }
}
