package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;

/**
 * A chain of trees seen as one, without a mount: for each path, what the nearest tree that has it says, unless a nearer
 * one hides it. Symbolic links are not followed. Lookups in one directory after another keep its handles, so a walk in
 * the order of an archive costs one statx(2) per tree that has the directory. For one thread.
 */
public final class UnionView implements AutoCloseable {
    /** One of the trees that a directory of the union is made of. */
    private record Part(Directory directory, Marks marks) {}

    private record Level(EntryPath path, List<Part> parts) {}

    /** A file of the union: what it is, and where it can be read. The directory is valid until the next lookup. */
    public record Found(Directory parent, EntryName name, FileStat stat) {
        /** The attributes that belong to a layer. */
        public Attributes attributes() throws VarveException {
            Xattrs xattrs = parent.xattrs(name).only(XattrPolicy::belongsToLayer);
            return stat.attributes(xattrs);
        }
    }

    private final Deque<Level> levels = new ArrayDeque<>();

    /** @param nearestFirst the trees' roots, which this view closes; none for an empty view */
    public UnionView(List<Directory> nearestFirst, List<Marks> marks) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < nearestFirst.size(); i++) {
            parts.add(new Part(nearestFirst.get(i), marks.get(i)));
        }
        levels.push(new Level(EntryPath.ROOT, parts));
    }

    /** Whether there is no tree at all. */
    public boolean isEmpty() {
        return levels.getLast().parts().isEmpty();
    }

    /** What the root of the union is; empty if there is no tree. */
    public Optional<Attributes> root() throws VarveException {
        if (isEmpty()) {
            return Optional.empty();
        }
        Directory root = levels.getLast().parts().getFirst().directory();
        return Optional.of(root.stat().attributes(root.xattrs().only(XattrPolicy::belongsToLayer)));
    }

    /** What is at the path, links not followed; empty if nothing is, or the path leads through something that is no directory. */
    public Optional<Found> find(EntryPath path) throws VarveException {
        if (path.isRoot()) {
            throw new IllegalArgumentException("the root has no parent to be found in");
        }
        if (!descend(path.parent())) {
            return Optional.empty();
        }
        return top(levels.element(), path.name());
    }

    /** The names that the union has in the directory, in order; none if it is no directory. */
    public Set<EntryName> list(EntryPath path) throws VarveException {
        Set<EntryName> names = new TreeSet<>();
        if (!descend(path)) {
            return names;
        }
        Set<EntryName> hidden = new HashSet<>();
        for (Part part : levels.element().parts()) {
            for (EntryName name : part.directory().list()) {
                if (part.marks().isReserved(name) || hidden.contains(name) || names.contains(name)) {
                    continue;
                }
                Optional<FileStat> stat = part.directory().find(name);
                if (stat.isPresent()) {
                    (part.marks().isWhiteout(part.directory(), name, stat.get()) ? hidden : names).add(name);
                }
            }
        }
        return names;
    }

    private static Optional<Found> top(Level level, EntryName name) throws VarveException {
        for (Part part : level.parts()) {
            Optional<FileStat> stat = part.directory().find(name);
            if (stat.isPresent()) {
                return part.marks().isWhiteout(part.directory(), name, stat.get()) || part.marks().isReserved(name)
                        ? Optional.empty()
                        : Optional.of(new Found(part.directory(), name, stat.get()));
            }
        }
        return Optional.empty();
    }

    /** Makes the directory the current one. */
    private boolean descend(EntryPath path) throws VarveException {
        while (!path.isWithin(levels.element().path())) {
            close(levels.pop());
        }
        List<EntryName> names = path.names();
        for (EntryName name : names.subList(levels.element().path().names().size(), names.size())) {
            List<Part> parts = enter(levels.element(), name);
            if (parts.isEmpty()) {
                return false;
            }
            levels.push(new Level(levels.element().path().child(name), parts));
        }
        return true;
    }

    /** The directories that one of the union is made of, down to the first that is opaque or lies on something else. */
    private static List<Part> enter(Level level, EntryName name) throws VarveException {
        List<Part> parts = new ArrayList<>();
        try {
            for (Part part : level.parts()) {
                Optional<FileStat> stat = part.directory().find(name);
                if (stat.isEmpty()) {
                    continue;
                }
                if (!stat.get().isDirectory()) {
                    return parts;
                }
                Directory directory = part.directory().open(name);
                parts.add(new Part(directory, part.marks()));
                if (part.marks().isOpaque(directory)) {
                    return parts;
                }
            }
            return parts;
        } catch (VarveException e) {
            parts.forEach(p -> p.directory().close());
            throw e;
        }
    }

    private static void close(Level level) {
        level.parts().forEach(p -> p.directory().close());
    }

    @Override
    public void close() {
        levels.forEach(UnionView::close);
        levels.clear();
        levels.push(new Level(EntryPath.ROOT, List.of()));
    }
}
