package dev.varve.app.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

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
    private final Comparison comparison;
    private final ChangeVisitor visitor;
    /** Paths that are the same file otherwise, but are linked to others than before. */
    private final Set<EntryPath> relinked;

    TreeComparison(@Nullable Directory olderRoot, Directory newerRoot, Comparison comparison, ChangeVisitor visitor)
            throws VarveException {
        this.olderRoot = olderRoot;
        this.newerRoot = newerRoot;
        this.comparison = comparison;
        this.visitor = visitor;
        this.relinked = olderRoot == null ? Set.of() : relinked(links(olderRoot), links(newerRoot));
    }

    void run() throws VarveException {
        Directory older = olderRoot;
        Entries.compareRoots(newerRoot,
                older == null ? dev.varve.domain.tree.Attributes.missingParent() : Entries.ofRoot(older), older == null,
                visitor);
        walk(older, newerRoot, EntryPath.ROOT);
    }

    /** A directory that may have to be reported once something in it differs; the root never is. */
    private interface Pending {
        void report() throws VarveException;
    }

    private void walk(@Nullable Directory older, Directory newer, EntryPath path) throws VarveException {
        walk(older, newer, path, () -> {});
    }

    private void walk(@Nullable Directory older, Directory newer, EntryPath path, Pending self) throws VarveException {
        TreeMap<EntryName, FileStat> before = older == null ? new TreeMap<>() : Entries.of(older);
        TreeMap<EntryName, FileStat> now = Entries.of(newer);
        for (EntryName name : before.keySet()) {
            if (!now.containsKey(name)) {
                self.report();
                visitor.deleted(path.child(name));
            }
        }
        for (Map.Entry<EntryName, FileStat> entry : now.entrySet()) {
            EntryName name = entry.getKey();
            FileStat stat = entry.getValue();
            FileStat old = before.get(name);
            EntryPath child = path.child(name);
            ChangeKind kind = old == null ? ChangeKind.ADDED : ChangeKind.MODIFIED;
            boolean differs = old == null || older == null || relinked.contains(child)
                    || differs(older, old, newer, stat, name);
            if (!stat.isDirectory()) {
                if (differs) {
                    self.report();
                    visitor.present(kind, child, newer, name, stat);
                }
                continue;
            }
            Pending inner = once(() -> {
                self.report();
                visitor.present(kind, child, newer, name, stat);
            });
            if (differs) {
                inner.report();
            }
            try (Directory newerInner = newer.open(name);
                    Directory olderInner = old != null && older != null && old.isDirectory() ? older.open(name)
                            : null) {
                walk(olderInner, newerInner, child, inner);
            }
        }
    }

    private static Pending once(Pending action) {
        return new Pending() {
            private boolean done;

            @Override
            public void report() throws VarveException {
                if (!done) {
                    done = true;
                    action.report();
                }
            }
        };
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
    private static Map<EntryPath, Set<EntryPath>> links(Directory root) throws VarveException {
        Map<InodeKey, Set<EntryPath>> groups = new HashMap<>();
        collect(root, EntryPath.ROOT, groups);
        Map<EntryPath, Set<EntryPath>> byPath = new HashMap<>();
        groups.values().forEach(group -> group.forEach(path -> byPath.put(path, group)));
        return byPath;
    }

    private static void collect(Directory directory, EntryPath path, Map<InodeKey, Set<EntryPath>> groups)
            throws VarveException {
        List<EntryName> directories = new ArrayList<>();
        for (Map.Entry<EntryName, FileStat> entry : Entries.of(directory).entrySet()) {
            FileStat stat = entry.getValue();
            if (stat.isDirectory()) {
                directories.add(entry.getKey());
            } else if (stat.links() > 1) {
                groups.computeIfAbsent(new InodeKey(stat.device(), stat.inode()), k -> new TreeSet<>())
                        .add(path.child(entry.getKey()));
            }
        }
        for (EntryName name : directories) {
            try (Directory inner = directory.open(name)) {
                collect(inner, path.child(name), groups);
            }
        }
    }

    /** The paths whose groups differ; a path that is in no group is a group of its own. */
    private static Set<EntryPath> relinked(Map<EntryPath, Set<EntryPath>> before, Map<EntryPath, Set<EntryPath>> now) {
        Set<EntryPath> paths = new HashSet<>(before.keySet());
        paths.addAll(now.keySet());
        paths.removeIf(p -> before.getOrDefault(p, Set.of(p)).equals(now.getOrDefault(p, Set.of(p))));
        return paths;
    }
}
