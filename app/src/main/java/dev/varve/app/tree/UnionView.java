package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;

/**
 * A chain of trees seen as one, without a mount: for each path, what the nearest tree that has it says, unless a nearer
 * one hides it. Symbolic links are not followed, and what somebody mounted in a tree is refused. Where the kernel wrote a
 * tree so that names below are other names (overlayfs' redirects and metadata-only copies), the view goes on with the
 * kernel's own, mounted. Lookups in one directory after another keep its handles, so a walk in the order of an archive
 * costs one statx(2) per tree that has the directory. For one thread.
 */
public final class UnionView implements AutoCloseable {
    /**
     * A directory of one of the trees that one of the union is made of. Its handle is closed when others are needed, and
     * had again by the way down from a directory that is open.
     */
    private final class Part {
        private final @Nullable Part above;
        private final @Nullable EntryName name;
        private final Marks marks;
        private final int depth;
        private final OneMount mount;
        private @Nullable Directory directory;
        private boolean ended;

        private Part(@Nullable Part above, @Nullable EntryName name, Directory directory, Marks marks) {
            this.above = above;
            this.name = name;
            this.directory = directory;
            this.marks = marks;
            this.depth = above == null ? 0 : above.depth + 1;
            this.mount = above == null ? new OneMount(directory) : above.mount;
            open += Way.isLasting(depth) ? 0 : 1;
        }

        private Directory directory() throws VarveException {
            Deque<Part> closed = new ArrayDeque<>();
            Part nearest = this;
            while (nearest.directory == null) {
                if (ended || nearest.above == null) {
                    throw new IllegalStateException("the view has left this directory");
                }
                closed.push(nearest);
                nearest = nearest.above;
            }
            Directory at = nearest.directory;
            for (Part next : closed) {
                at = at.open(Objects.requireNonNull(next.name));
                next.directory = at;
                open += Way.isLasting(next.depth) ? 0 : 1;
            }
            return at;
        }

        private Marks marks() {
            return marks;
        }

        /** What the entry is, if there is one. @throws WrongStateException if something is mounted on it */
        private Optional<FileStat> find(EntryPath path, EntryName entry) throws VarveException {
            Optional<FileStat> stat = directory().find(entry);
            if (stat.isPresent()) {
                mount.require(path, entry, stat.get());
            }
            return stat;
        }

        /** The view will not come back to it. */
        private void end() {
            close();
            ended = true;
        }

        private void close() {
            if (directory != null) {
                directory.close();
                directory = null;
                open -= Way.isLasting(depth) ? 0 : 1;
            }
        }
    }

    private record Level(EntryPath path, List<Part> parts) {}

    /** A file of the union: what it is, and where it can be read. */
    public static final class Found {
        private final Part source;
        private final EntryName name;
        private final FileStat stat;

        private Found(Part source, EntryName name, FileStat stat) {
            this.source = source;
            this.name = name;
            this.stat = stat;
        }

        /** The directory of a tree that holds it, valid until the next lookup. */
        public Directory parent() throws VarveException {
            return source.directory();
        }

        public EntryName name() {
            return name;
        }

        public FileStat stat() {
            return stat;
        }

        /** The attributes that belong to a layer. */
        public Attributes attributes() throws VarveException {
            Xattrs xattrs = parent().xattrs(name).only(XattrPolicy::belongsToLayer);
            return stat.attributes(xattrs);
        }
    }

    /** The whole union as a directory, somewhere else. */
    public interface Whole {
        /** Makes it be there; the view closes both when it is closed itself. */
        Opened open() throws VarveException;

        /** @param release what ends its being there */
        record Opened(Directory root, Release release) {}

        /** How it is given back. */
        interface Release {
            void run() throws VarveException;
        }
    }

    /** From the root down to the directory that was looked up last. */
    private final List<Level> levels = new ArrayList<>();
    /** Directories that are open, but for the lasting ones. */
    private int open;
    /** Levels of before the view went on with the whole: what was found in them stays valid. */
    private final List<Level> left = new ArrayList<>();
    private final Whole whole;
    private Whole.@Nullable Release release;

    /** A view of trees that tell all by themselves: full ones, or those that Varve wrote. */
    public UnionView(List<Directory> nearestFirst, List<Marks> marks) {
        this(nearestFirst, marks, () -> {
            throw new IllegalStateException("the kernel wrote redirects into trees that were to have none");
        });
    }

    /**
     * @param nearestFirst the trees' roots, which this view closes; none for an empty view
     * @param whole        is asked once, if the trees alone do not tell
     */
    public UnionView(List<Directory> nearestFirst, List<Marks> marks, Whole whole) {
        this.whole = whole;
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < nearestFirst.size(); i++) {
            parts.add(new Part(null, null, nearestFirst.get(i), marks.get(i)));
        }
        levels.add(new Level(EntryPath.ROOT, parts));
    }

    /** Whether there is no tree at all. */
    public boolean isEmpty() {
        return levels.getFirst().parts().isEmpty();
    }

    /** What the root of the union is; empty if there is no tree. */
    public Optional<Attributes> root() throws VarveException {
        if (isEmpty()) {
            return Optional.empty();
        }
        Directory root = levels.getFirst().parts().getFirst().directory();
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
        return top(levels.getLast(), path.name());
    }

    /** The names that the union has in the directory, in order; none if it is no directory. */
    public Set<EntryName> list(EntryPath path) throws VarveException {
        return entries(path).keySet();
    }

    /**
     * What the union has in the directory, by name, in order; nothing if it is no directory. It is valid as long as
     * nothing but this directory and what is beneath it is looked up.
     */
    public SortedMap<EntryName, Found> entries(EntryPath path) throws VarveException {
        SortedMap<EntryName, Found> entries = new TreeMap<>();
        if (!descend(path)) {
            return entries;
        }
        Set<EntryName> hidden = new HashSet<>();
        for (Part part : levels.getLast().parts()) {
            for (EntryName name : part.directory().list()) {
                if (part.marks().isReserved(name) || hidden.contains(name) || entries.containsKey(name)) {
                    continue;
                }
                Optional<FileStat> stat = part.find(path, name);
                if (stat.isEmpty()) {
                    continue;
                }
                if (part.marks().isWhiteout(part.directory(), name, stat.get())) {
                    hidden.add(name);
                } else if (stat.get().type() == FileType.REGULAR
                        && part.marks().isWithoutContent(part.directory(), name)) {
                    useWhole();
                    return entries(path);
                } else {
                    entries.put(name, new Found(part, name, stat.get()));
                }
            }
        }
        return entries;
    }

    /** What was found at the path, so that its content can be read. */
    public Found readable(EntryPath path, Found found) throws VarveException {
        if (found.stat().type() != FileType.REGULAR || !descend(path.parent())
                || !isWithoutContent(levels.getLast(), found)) {
            return found;
        }
        useWhole();
        return find(path).orElse(found);
    }

    private static boolean isWithoutContent(Level level, Found found) throws VarveException {
        for (Part part : level.parts()) {
            if (part == found.source) {
                return part.marks().isWithoutContent(part.directory(), found.name());
            }
        }
        return false;
    }

    /** From here on all is looked up in the whole. */
    private void useWhole() throws VarveException {
        if (release != null) {
            throw new IllegalStateException("the kernel's view of a union has overlayfs' attributes in it");
        }
        Whole.Opened opened = whole.open();
        release = opened.release();
        left.addAll(levels);
        levels.clear();
        levels.add(new Level(EntryPath.ROOT, List.of(new Part(null, null, opened.root(), new NoMarks()))));
    }

    private static Optional<Found> top(Level level, EntryName name) throws VarveException {
        for (Part part : level.parts()) {
            Optional<FileStat> stat = part.find(level.path(), name);
            if (stat.isPresent()) {
                return part.marks().isWhiteout(part.directory(), name, stat.get()) || part.marks().isReserved(name)
                        ? Optional.empty()
                        : Optional.of(new Found(part, name, stat.get()));
            }
        }
        return Optional.empty();
    }

    /** Makes the directory the current one. */
    private boolean descend(EntryPath path) throws VarveException {
        if (path.equals(levels.getLast().path())) {
            return true;
        }
        while (!path.isWithin(levels.getLast().path())) {
            end(levels.removeLast());
        }
        EntryPath above = levels.getLast().path();
        if (path.equals(above)) {
            return true;
        }
        List<EntryName> rest = path.parent().equals(above) ? List.of(path.name())
                : path.names().subList(above.depth(), path.depth());
        for (EntryName name : rest) {
            makeRoom();
            Optional<List<Part>> parts = enter(levels.getLast(), name);
            if (parts.isEmpty()) {
                useWhole();
                return descend(path);
            }
            if (parts.get().isEmpty()) {
                return false;
            }
            levels.add(new Level(levels.getLast().path().child(name), parts.get()));
        }
        return true;
    }

    /** Closes directories that lie far above, so that deep trees do not take all handles that a process may have. */
    private void makeRoom() {
        if (open < Way.MAX_OPEN * Math.max(1, levels.getFirst().parts().size())) {
            return;
        }
        for (int depth = 1; depth < levels.size() - Way.NEAR; depth++) {
            if (!Way.isLasting(depth)) {
                levels.get(depth).parts().forEach(Part::close);
            }
        }
    }

    /**
     * The directories that one of the union is made of, down to the first that is opaque or lies on something else; empty
     * if the trees alone do not tell.
     */
    private Optional<List<Part>> enter(Level level, EntryName name) throws VarveException {
        List<Part> parts = new ArrayList<>();
        try {
            for (Part part : level.parts()) {
                Optional<FileStat> stat = part.find(level.path(), name);
                if (stat.isEmpty()) {
                    continue;
                }
                if (!stat.get().isDirectory()) {
                    return Optional.of(parts);
                }
                Directory directory = part.directory().open(name);
                parts.add(new Part(part, name, directory, part.marks()));
                switch (part.marks().below(directory)) {
                    case SHOWN -> {}
                    case HIDDEN -> { return Optional.of(parts); }
                    case ELSEWHERE -> {
                        parts.forEach(Part::end);
                        return Optional.empty();
                    }
                }
            }
            return Optional.of(parts);
        } catch (VarveException e) {
            parts.forEach(Part::end);
            throw e;
        }
    }

    private static void end(Level level) {
        level.parts().forEach(Part::end);
    }

    /** Closes the trees. A second call does nothing. @throws VarveException if the whole cannot be given back */
    @Override
    public void close() throws VarveException {
        levels.forEach(UnionView::end);
        left.forEach(UnionView::end);
        levels.clear();
        left.clear();
        levels.add(new Level(EntryPath.ROOT, List.of()));
        Whole.Release last = release;
        release = null;
        if (last != null) {
            last.run();
        }
    }
}
