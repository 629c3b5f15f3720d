package dev.varve.testkit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.path.Names;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * All that a tree is, to be compared: of each path the type, mode, owner, size, time in nanoseconds, digest of the
 * content, target of a link, device numbers, extended attributes (ACLs are some), and the first path of its hard links.
 * Immutable.
 */
public final class TreeListing {
    /** What is told of a hard link: the first path of the same file. */
    public static final String LINKED = "linked to";
    private static final int SHOWN = 20;
    private static final String ROOT = "/";

    /** By path as it is printed, then by the name of what is told. */
    private final TreeMap<String, TreeMap<String, String>> entries;

    private TreeListing(TreeMap<String, TreeMap<String, String>> entries) {
        this.entries = entries;
    }

    /** What is beneath the directory, and the directory itself. */
    public static TreeListing of(Directory directory) throws VarveException {
        Walk walk = new Walk();
        walk.add(EntryPath.ROOT, directory.stat(), directory.xattrs());
        walk.directory(directory, EntryPath.ROOT);
        return new TreeListing(walk.listing);
    }

    /** The same, the attributes of the root directory left out. */
    public TreeListing withoutRoot() {
        return filtered((path, what) -> !path.equals(ROOT));
    }

    /** The same without what the predicate takes, of a path and the name of an extended attribute. */
    public TreeListing withoutXattrs(BiPredicate<String, String> unwanted) {
        return filtered(
                (path, what) -> !what.startsWith("xattr ") || !unwanted.test(path, what.substring("xattr ".length())));
    }

    /** The same without extended attributes whose value is empty. */
    public TreeListing withoutEmptyXattrs() {
        return withoutXattrs((path,
                name) -> entries.getOrDefault(path, new TreeMap<>()).getOrDefault("xattr " + name, "-").isEmpty());
    }

    /** The same with times before 1970 told as 1970, but of symbolic links. */
    public TreeListing withNoTimeBefore1970() {
        TreeMap<String, TreeMap<String, String>> changed = new TreeMap<>();
        entries.forEach((path, told) -> {
            TreeMap<String, String> copy = new TreeMap<>(told);
            if (!FileType.SYMLINK.name().equals(told.get("type"))) {
                copy.computeIfPresent("mtime",
                        (what, time) -> Instant.parse(time).isBefore(Instant.EPOCH) ? Instant.EPOCH.toString() : time);
            }
            changed.put(path, copy);
        });
        return new TreeListing(changed);
    }

    /** The same without the times of those types of file. */
    public TreeListing withoutTimesOf(FileType... types) {
        return filtered((path, what) -> !what.equals("mtime")
                || List.of(types).stream().noneMatch(t -> t.name().equals(field(path, "type"))));
    }

    /** The same without those paths; of hard links, the first path that is left is the first. */
    public TreeListing without(Set<String> unwanted) {
        TreeMap<String, TreeMap<String, String>> kept = new TreeMap<>();
        Map<String, String> firsts = new HashMap<>();
        entries.forEach((path, told) -> {
            if (unwanted.contains(path)) {
                return;
            }
            TreeMap<String, String> copy = new TreeMap<>(told);
            String first = firsts.putIfAbsent(told.getOrDefault(LINKED, path), path);
            copy.remove(LINKED);
            if (first != null) {
                copy.put(LINKED, first);
            }
            kept.put(path, copy);
        });
        return new TreeListing(kept);
    }

    /** What is told of a path; empty if nothing is. */
    public String field(String path, String what) {
        return entries.getOrDefault(path, new TreeMap<>()).getOrDefault(what, "");
    }

    /** The paths, as they are printed. */
    public Set<String> paths() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** All that is told of a path; nothing if it is not there. */
    public Map<String, String> told(String path) {
        return Collections.unmodifiableMap(entries.getOrDefault(path, new TreeMap<>()));
    }

    /** How many paths there are, the root among them. */
    public int size() {
        return entries.size();
    }

    /** Fails with the first differences, if there are any. */
    public void assertSameAs(TreeListing expected, String description) {
        assertThat(differencesFrom(expected)).as(description).isEmpty();
    }

    /** The first differences, each a line. */
    public List<String> differencesFrom(TreeListing expected) {
        TreeSet<String> paths = new TreeSet<>(entries.keySet());
        paths.addAll(expected.entries.keySet());
        List<String> differences = new ArrayList<>();
        int more = 0;
        for (String path : paths) {
            String difference = difference(path, expected);
            if (difference.isEmpty()) {
                continue;
            }
            if (differences.size() < SHOWN) {
                differences.add(difference);
            } else {
                more++;
            }
        }
        if (more > 0) {
            differences.add("… and " + more + " more");
        }
        return differences;
    }

    private String difference(String path, TreeListing expected) {
        TreeMap<String, String> mine = entries.get(path);
        TreeMap<String, String> its = expected.entries.get(path);
        if (mine == null) {
            return path + ": missing, was to be " + its;
        }
        if (its == null) {
            return path + ": was not to be there, is " + mine;
        }
        TreeSet<String> names = new TreeSet<>(mine.keySet());
        names.addAll(its.keySet());
        List<String> told = new ArrayList<>();
        for (String name : names) {
            String is = mine.getOrDefault(name, "none");
            String wanted = its.getOrDefault(name, "none");
            if (!is.equals(wanted)) {
                told.add(name + " is " + is + ", was to be " + wanted);
            }
        }
        return told.isEmpty() ? "" : path + ": " + String.join("; ", told);
    }

    private TreeListing filtered(BiPredicate<String, String> wanted) {
        TreeMap<String, TreeMap<String, String>> kept = new TreeMap<>();
        entries.forEach((path, told) -> {
            TreeMap<String, String> some = new TreeMap<>(told);
            some.keySet().removeIf(what -> !wanted.test(path, what));
            if (!some.isEmpty()) {
                kept.put(path, some);
            }
        });
        return new TreeListing(kept);
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        entries.forEach((path, told) -> lines.append(path).append(' ').append(told).append('\n'));
        return lines.toString();
    }

    private static final class Walk {
        private final TreeMap<String, TreeMap<String, String>> listing = new TreeMap<>();
        private final Map<List<Long>, String> firstNames = new HashMap<>();
        private final byte[] buffer = new byte[1 << 16];

        void directory(Directory directory, EntryPath path) throws VarveException {
            List<EntryName> names = new ArrayList<>(directory.list());
            names.sort(null);
            for (EntryName name : names) {
                entry(directory, name, path.child(name));
            }
        }

        private void entry(Directory in, EntryName name, EntryPath path) throws VarveException {
            FileStat stat = in.find(name).orElseThrow();
            TreeMap<String, String> told = add(path, stat, in.xattrs(name));
            switch (stat.type()) {
                case DIRECTORY -> {
                    try (Directory below = in.open(name)) {
                        directory(below, path);
                    }
                }
                case REGULAR -> {
                    try (OpenFile file = in.read(name)) {
                        told.put("sha256", digest(file));
                    }
                }
                case SYMLINK -> told.put("target", Names.printable(in.readLink(name)));
                default -> {}
            }
        }

        TreeMap<String, String> add(EntryPath path, FileStat stat, Xattrs xattrs) {
            TreeMap<String, String> told = new TreeMap<>();
            told.put("type", stat.type().name());
            told.put("owner", stat.uid() + ":" + stat.gid());
            told.put("mtime", stat.modified().toString());
            if (stat.type() != FileType.SYMLINK) {
                told.put("mode", Integer.toOctalString(stat.mode() & 07777));
            }
            if (stat.type() == FileType.REGULAR) {
                told.put("size", Long.toString(stat.size()));
            }
            if (stat.type() == FileType.CHARACTER_DEVICE || stat.type() == FileType.BLOCK_DEVICE) {
                told.put("device", stat.rdevMajor() + ":" + stat.rdevMinor());
            }
            if (stat.type() != FileType.DIRECTORY && stat.links() > 1) {
                // The kernel counts links from outside the tree too: the names within it are what is compared.
                String first = firstNames.putIfAbsent(List.of(stat.device(), stat.inode()), path.toString());
                if (first != null) {
                    told.put(LINKED, first);
                }
            }
            for (String name : xattrs.names()) {
                told.put("xattr " + name, HexFormat.of().formatHex(xattrs.value(name)));
            }
            listing.put(path.toString(), told);
            return told;
        }

        private String digest(OpenFile file) throws VarveException {
            MessageDigest sha;
            try {
                sha = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
            long offset = 0;
            for (int n; (n = file.read(offset, buffer, 0, buffer.length)) > 0; offset += n) {
                sha.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(sha.digest());
        }
    }
}
