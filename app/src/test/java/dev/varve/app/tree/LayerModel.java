package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.varve.testkit.tree.TarBuilder;

/**
 * What a layer upon another is to look like, told from the set of its entries alone: their order is not even known here.
 * A tree is its paths, each with {@code dir MODE}, {@code -> TARGET} or a content.
 */
final class LayerModel {
    private static final String DEFAULT = "dir 755";

    /** An entry of a layer; paths have no slash at their end. */
    sealed interface Item {
        record Put(String path, String value) implements Item {}

        record Removed(String path) implements Item {}

        /** @param path of the directory, or "" */
        record Opaque(String path) implements Item {}

        default TarBuilder in(TarBuilder tar) {
            return switch (this) {
                case Put put when put.value.startsWith("dir ") -> tar.entry(put.path + "/", '5',
                        Integer.parseInt(put.value.substring(4), 8), 0, 0, 1000, "", new byte[0]);
                case Put put when put.value.startsWith("-> ") -> tar.symlink(put.path, put.value.substring(3));
                case Put put -> tar.file(put.path, put.value);
                case Removed removed -> tar.whiteout(parent(removed.path), name(removed.path));
                case Opaque opaque -> tar.opaque(opaque.path.isEmpty() ? "" : opaque.path + "/");
            };
        }
    }

    private final Map<String, String> lower;
    private final Map<String, String> own = new TreeMap<>();
    /** Paths of lower entries that a whiteout hides, with all beneath them. */
    private final Set<String> hidden = new TreeSet<>();

    private LayerModel(Map<String, String> lower) {
        this.lower = lower;
    }

    /** The tree that shows. */
    static Map<String, String> of(Map<String, String> lower, Collection<Item> items) {
        LayerModel model = new LayerModel(lower);
        for (Item item : items) {
            if (item instanceof Item.Put put) {
                model.own.put(put.path, put.value);
            }
        }
        for (boolean linked : new boolean[]{false, true}) {
            List<String> ways = new ArrayList<>();
            for (Item item : items) {
                switch (item) {
                    case Item.Put put -> {}
                    case Item.Removed removed -> model.way(parent(removed.path), linked)
                            .ifPresent(way -> ways.add(way + name(removed.path)));
                    case Item.Opaque opaque -> model.way(opaque.path + "/", linked)
                            .ifPresent(way -> lower.keySet()
                                    .stream()
                                    .filter(p -> p.startsWith(way) && p.length() > way.length())
                                    .forEach(ways::add));
                }
            }
            model.hidden.addAll(ways);
        }
        return model.shown();
    }

    private boolean isShownBelow(String path) {
        for (String at = path; !at.isEmpty(); at = stripped(parent(at))) {
            String mine = own.get(at);
            if (hidden.contains(at) || mine != null && !mine.startsWith("dir ")) {
                return false;
            }
        }
        return lower.containsKey(path);
    }

    private boolean leadsToOwn(String path) {
        return own.keySet().stream().anyMatch(p -> p.startsWith(path + "/"));
    }

    /**
     * Where the whiteouts of a directory belong, with a slash at its end if it is not the root.
     *
     * @param linked whether those that come through a link are asked for, or the others
     */
    private Optional<String> way(String directory, boolean linked) {
        Deque<String> rest = new ArrayDeque<>();
        push(directory, rest);
        String at = "";
        boolean through = false;
        while (!rest.isEmpty()) {
            String part = rest.pop();
            if (part.equals("..")) {
                at = at.isEmpty() ? "" : parent(stripped(at));
                continue;
            }
            String next = at + part;
            String mine = own.get(next);
            String its = hidden.stream().anyMatch(h -> next.equals(h) || next.startsWith(h + "/")) ? null
                    : lower.get(next);
            if (mine == null && leadsToOwn(next)) {
                mine = DEFAULT;
            }
            String counts = mine == null ? its : mine;
            if (counts == null || counts.startsWith("-> ") && !counts.equals(its)
                    || !counts.startsWith("-> ") && !counts.startsWith("dir ")) {
                return Optional.empty();
            }
            if (counts.startsWith("dir ")) {
                at = next + "/";
                continue;
            }
            through = true;
            if (counts.startsWith("-> /")) {
                at = "";
            }
            push(counts.substring(3), rest);
        }
        return through == linked ? Optional.of(at) : Optional.empty();
    }

    private static void push(String way, Deque<String> rest) {
        List<String> parts = List.of(way.split("/", -1));
        for (String part : parts.reversed()) {
            if (!part.isEmpty() && !part.equals(".")) {
                rest.push(part);
            }
        }
    }

    private Map<String, String> shown() {
        Map<String, String> shown = new TreeMap<>();
        for (Map.Entry<String, String> entry : lower.entrySet()) {
            if (isShownBelow(entry.getKey())) {
                shown.put(entry.getKey(), entry.getValue());
            }
        }
        for (String path : own.keySet()) {
            for (String at = stripped(parent(path)); !at.isEmpty(); at = stripped(parent(at))) {
                if (!shown.getOrDefault(at, "").startsWith("dir ")) {
                    shown.put(at, DEFAULT);
                }
            }
        }
        shown.putAll(own);
        return shown;
    }

    /** With a slash at its end, or "". */
    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String stripped(String directory) {
        return directory.isEmpty() ? "" : directory.substring(0, directory.length() - 1);
    }
}
