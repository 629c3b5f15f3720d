package dev.varve.app.diff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import dev.varve.app.tree.OneMount;
import dev.varve.app.tree.Way;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * Tells what a whole tree has other than another, by walking both. A directory is reported when its own attributes
 * differ or when something in it does, so that an archive of the changes keeps the attributes of every directory on the
 * way to a change.
 */
final class TreeComparison {
    private static final int CHUNK = 1 << 16;
    private final @Nullable Directory olderRoot;
    private final Directory newerRoot;
    private final OneMount olderMount;
    private final OneMount newerMount;
    private final Comparison comparison;
    private final ChangeVisitor visitor;
    /** Paths that are the same file otherwise, but are linked to others than before. */
    private final Set<EntryPath> relinked;

    TreeComparison(@Nullable Directory olderRoot, Directory newerRoot, Comparison comparison, ChangeVisitor visitor)
            throws VarveException {
        this.olderRoot = olderRoot;
        this.newerRoot = newerRoot;
        this.newerMount = new OneMount(newerRoot);
        this.olderMount = olderRoot == null ? newerMount : new OneMount(olderRoot);
        this.comparison = comparison;
        this.visitor = visitor;
        this.relinked = olderRoot == null ? Set.of()
                : relinked(links(olderRoot, olderMount), links(newerRoot, newerMount));
    }

    void run() throws VarveException {
        Directory older = olderRoot;
        Entries.compareRoots(newerRoot,
                older == null ? dev.varve.domain.tree.Attributes.missingParent() : Entries.ofRoot(older), older == null,
                visitor);
        try (Way newer = new Way(newerRoot); Way before = new Way(older == null ? newerRoot : older)) {
            Deque<Level> levels = new ArrayDeque<>();
            levels.push(new Level(older != null));
            enter(levels.element(), before, newer);
            while (!levels.isEmpty()) {
                step(levels, before, newer);
            }
        }
    }

    /** A file, and if it is a directory how far it has been walked. */
    private static final class Level {
        private final @Nullable Level above;
        private final int depth;
        private final EntryPath path;
        private final ChangeKind kind;
        private final @Nullable FileStat stat;
        /** Whether the older tree has this directory. */
        private final boolean hasOlder;
        /** Whether it was told of, which happens once, when it differs or something in it does; the root never is. */
        private boolean told;
        private Map<EntryName, FileStat> before = Map.of();
        private Iterator<Map.Entry<EntryName, FileStat>> files = Collections.emptyIterator();

        private Level(boolean hasOlder) {
            this(null, EntryPath.ROOT, ChangeKind.MODIFIED, null, hasOlder);
            told = true;
        }

        private Level(@Nullable Level above, EntryPath path, ChangeKind kind, @Nullable FileStat stat,
                boolean hasOlder) {
            this.above = above;
            this.depth = above == null ? 0 : above.depth + 1;
            this.path = path;
            this.kind = kind;
            this.stat = stat;
            this.hasOlder = hasOlder;
        }
    }

    private void enter(Level level, Way older, Way newer) throws VarveException {
        level.before = level.hasOlder ? Entries.of(older.current(), level.path, olderMount) : Map.of();
        Map<EntryName, FileStat> now = Entries.of(newer.current(), level.path, newerMount);
        level.files = now.entrySet().iterator();
        for (EntryName name : level.before.keySet()) {
            if (!now.containsKey(name)) {
                tell(level, newer);
                visitor.deleted(level.path.child(name));
            }
        }
    }

    /** Compares one more file of the innermost directory, or leaves it. */
    private void step(Deque<Level> levels, Way older, Way newer) throws VarveException {
        Level level = levels.element();
        if (!level.files.hasNext()) {
            levels.pop();
            if (level.depth > 0) {
                newer.leave();
            }
            if (level.depth > 0 && level.hasOlder) {
                older.leave();
            }
            return;
        }
        Map.Entry<EntryName, FileStat> entry = level.files.next();
        EntryName name = entry.getKey();
        FileStat stat = entry.getValue();
        FileStat old = level.before.get(name);
        Level file = new Level(level, level.path.child(name), old == null ? ChangeKind.ADDED : ChangeKind.MODIFIED,
                stat, old != null && old.isDirectory() && stat.isDirectory());
        if (old == null || relinked.contains(file.path) || differs(older.current(), old, newer.current(), stat, name)) {
            tell(file, newer);
        }
        if (stat.isDirectory()) {
            newer.enter(name);
            if (file.hasOlder) {
                older.enter(name);
            }
            levels.push(file);
            enter(file, older, newer);
        }
    }

    /** Tells of the file, and before that of the directories on the way to it, as far as that was not done yet. */
    private void tell(Level file, Way newer) throws VarveException {
        Deque<Level> untold = new ArrayDeque<>();
        for (Level at = file; at != null && !at.told; at = at.above) {
            untold.push(at);
        }
        for (Level at : untold) {
            at.told = true;
            visitor.present(at.kind, at.path, newer.at(at.depth - 1), at.path.name(), Objects.requireNonNull(at.stat));
        }
    }

    private boolean differs(Directory older, FileStat old, Directory newer, FileStat now, EntryName name)
            throws VarveException {
        if (old.sameInode(now)) {
            return false; // one file in both trees
        }
        if (old.type() != now.type() || old.mode() != now.mode() || old.uid() != now.uid() || old.gid() != now.gid()
                || !old.modified().equals(now.modified())) {
            return true;
        }
        boolean content = switch (now.type()) {
            case REGULAR ->
                    old.size() != now.size() || comparison == Comparison.CONTENT && !sameContent(older, newer, name);
            case SYMLINK -> !Arrays.equals(older.readLink(name), newer.readLink(name));
            case CHARACTER_DEVICE, BLOCK_DEVICE ->
                    old.rdevMajor() != now.rdevMajor() || old.rdevMinor() != now.rdevMinor();
            case DIRECTORY, FIFO, SOCKET -> false;
        };
        return content || !Entries.layerXattrs(older, name).equals(Entries.layerXattrs(newer, name));
    }

    private static boolean sameContent(Directory older, Directory newer, EntryName name) throws VarveException {
        try (OpenFile a = older.read(name); OpenFile b = newer.read(name)) {
            if (a.sharesBlocksWith(b)) {
                return true;
            }
            byte[] mine = new byte[CHUNK];
            byte[] its = new byte[CHUNK];
            long at = 0;
            while (true) {
                int n = fill(a, at, mine);
                int m = fill(b, at, its);
                if (n != m || !Arrays.equals(mine, 0, n, its, 0, m)) {
                    return false;
                }
                if (n < CHUNK) {
                    return true;
                }
                at += n;
            }
        }
    }

    private static int fill(OpenFile file, long offset, byte[] buffer) throws VarveException {
        int n = 0;
        int r;
        while (n < buffer.length && (r = file.read(offset + n, buffer, n, buffer.length - n)) > 0) {
            n += r;
        }
        return n;
    }

    private record InodeKey(long device, long inode) {}

    /** All files with several names, each with the names that it has within the tree. */
    private static Map<EntryPath, Set<EntryPath>> links(Directory root, OneMount mount) throws VarveException {
        Map<InodeKey, Set<EntryPath>> groups = new HashMap<>();
        collect(root, mount, groups);
        Map<EntryPath, Set<EntryPath>> byPath = new HashMap<>();
        groups.values().forEach(group -> group.forEach(path -> byPath.put(path, group)));
        return byPath;
    }

    private static void collect(Directory root, OneMount mount, Map<InodeKey, Set<EntryPath>> groups)
            throws VarveException {
        try (Way way = new Way(root)) {
            Deque<Iterator<EntryPath>> levels = new ArrayDeque<>();
            levels.push(collect(root, EntryPath.ROOT, mount, groups));
            while (!levels.isEmpty()) {
                if (levels.element().hasNext()) {
                    EntryPath inner = levels.element().next();
                    levels.push(collect(way.enter(inner.name()), inner, mount, groups));
                } else {
                    levels.pop();
                    if (!levels.isEmpty()) {
                        way.leave();
                    }
                }
            }
        }
    }

    /** Notes the files of one directory; gives the directories in it. */
    private static Iterator<EntryPath> collect(Directory directory, EntryPath path, OneMount mount,
            Map<InodeKey, Set<EntryPath>> groups) throws VarveException {
        List<EntryPath> directories = new ArrayList<>();
        for (Map.Entry<EntryName, FileStat> entry : Entries.of(directory, path, mount).entrySet()) {
            FileStat stat = entry.getValue();
            if (stat.isDirectory()) {
                directories.add(path.child(entry.getKey()));
            } else if (stat.links() > 1) {
                groups.computeIfAbsent(new InodeKey(stat.device(), stat.inode()), k -> new TreeSet<>())
                        .add(path.child(entry.getKey()));
            }
        }
        return directories.iterator();
    }

    /**
     * The paths whose groups differ; a path that is in no group is a group of its own. Groups have no path in common, so
     * that what is true of one path of a group is true of all, and each is compared once.
     */
    static Set<EntryPath> relinked(Map<EntryPath, Set<EntryPath>> before, Map<EntryPath, Set<EntryPath>> now) {
        IdentityHashMap<Set<EntryPath>, Boolean> asBefore = new IdentityHashMap<>();
        Set<EntryPath> paths = new HashSet<>(before.keySet());
        paths.addAll(now.keySet());
        paths.removeIf(p -> {
            Set<EntryPath> old = before.getOrDefault(p, Set.of(p));
            Set<EntryPath> group = now.get(p);
            return group == null ? old.size() == 1 : asBefore.computeIfAbsent(group, old::equals);
        });
        return paths;
    }
}
