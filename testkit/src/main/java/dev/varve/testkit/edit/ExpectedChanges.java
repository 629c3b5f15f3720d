package dev.varve.testkit.edit;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.varve.testkit.tree.TreeListing;

/**
 * What differs between two trees, found from their listings alone: the lines that {@code changes} should print, in no
 * particular order. A second way to the same answer, for tests.
 */
public final class ExpectedChanges {
    private static final String ROOT = "/";
    private final TreeListing before;
    private final TreeListing after;
    private final Map<String, Set<String>> linksBefore;
    private final Map<String, Set<String>> linksAfter;

    private ExpectedChanges(TreeListing before, TreeListing after, boolean links) {
        this.before = before;
        this.after = after;
        this.linksBefore = links ? links(before) : Map.of();
        this.linksAfter = links ? links(after) : Map.of();
    }

    /** The lines, {@code A /path}; a file that is linked to others than before is changed. */
    public static Set<String> between(TreeListing before, TreeListing after) {
        return new ExpectedChanges(before, after, true).lines();
    }

    /** The same, but a file is not changed because another name of it is gone or has become another file. */
    public static Set<String> betweenFiles(TreeListing before, TreeListing after) {
        return new ExpectedChanges(before, after, false).lines();
    }

    /** Whether the path is the same in both but for the names that it is linked to. */
    public static boolean isSame(TreeListing before, TreeListing after, String path) {
        return withoutLinks(before, path).equals(withoutLinks(after, path));
    }

    private Set<String> lines() {
        Set<String> lines = new TreeSet<>();
        Set<String> touched = new TreeSet<>();
        for (String path : after.paths()) {
            if (path.equals(ROOT)) {
                continue;
            }
            if (!before.paths().contains(path)) {
                lines.add("A " + path);
                touched.add(path);
            } else if (differs(path)) {
                touched.add(path);
            }
        }
        for (String path : before.paths()) {
            String parent = parent(path);
            if (!path.equals(ROOT) && !after.paths().contains(path) && isDirectory(before, parent)
                    && isDirectory(after, parent)) {
                lines.add("D " + path);
                touched.add(path);
            }
        }
        for (String path : Set.copyOf(touched)) {
            for (String above = parent(path); !above.equals(ROOT); above = parent(above)) {
                touched.add(above);
            }
        }
        for (String path : touched) {
            if (before.paths().contains(path) && after.paths().contains(path)) {
                lines.add("C " + path);
            }
        }
        if (!withoutTime(before, ROOT).equals(withoutTime(after, ROOT))) {
            lines.add("C " + ROOT);
        }
        return lines;
    }

    private boolean differs(String path) {
        return !isSame(before, after, path)
                || !linksBefore.getOrDefault(path, Set.of(path)).equals(linksAfter.getOrDefault(path, Set.of(path)));
    }

    private static Map<String, String> withoutLinks(TreeListing tree, String path) {
        Map<String, String> told = new TreeMap<>(tree.told(path));
        told.remove(TreeListing.LINKED);
        return told;
    }

    private static Map<String, String> withoutTime(TreeListing tree, String path) {
        Map<String, String> told = new TreeMap<>(tree.told(path));
        told.remove("mtime");
        return told;
    }

    private static Map<String, Set<String>> links(TreeListing tree) {
        Map<String, Set<String>> groups = new HashMap<>();
        for (String path : tree.paths()) {
            String first = tree.field(path, TreeListing.LINKED);
            if (!first.isEmpty()) {
                Set<String> group = groups.computeIfAbsent(first, f -> new TreeSet<>(Set.of(f)));
                group.add(path);
                groups.put(path, group);
            }
        }
        return groups;
    }

    private static boolean isDirectory(TreeListing tree, String path) {
        return tree.field(path, "type").equals("DIRECTORY");
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? ROOT : path.substring(0, slash);
    }
}
