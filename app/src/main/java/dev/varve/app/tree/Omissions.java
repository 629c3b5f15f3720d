package dev.varve.app.tree;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.varve.domain.path.EntryPath;
import dev.varve.ports.in.LayerStore.Omission;

/**
 * What had to be left out, as far as it is true in the end. Each kind is listed up to a limit and counted beyond it, so
 * that no layer can fill the heap.
 */
public final class Omissions {
    private static final int LISTED = 1000;

    /** Of one kind: those that are listed, by path in the order of a walk, and how many more there are. */
    private static final class Kind {
        private final TreeMap<EntryPath, List<String>> details = new TreeMap<>();
        private int listed;
        private long more;

        void add(EntryPath path, String detail) {
            if (listed == LISTED) {
                more++;
                return;
            }
            listed++;
            details.computeIfAbsent(path, p -> new ArrayList<>(1)).add(detail);
        }

        void forget(EntryPath path, boolean beneath) {
            for (Iterator<Map.Entry<EntryPath, List<String>>> at = details.tailMap(path).entrySet().iterator(); at
                    .hasNext();) {
                Map.Entry<EntryPath, List<String>> entry = at.next();
                if (beneath ? !entry.getKey().isWithin(path) : !entry.getKey().equals(path)) {
                    return;
                }
                listed -= entry.getValue().size();
                at.remove();
            }
        }
    }

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /** @param kind what was left out, the same words for all of a kind; @param detail which one, or "" */
    public void add(EntryPath path, String kind, String detail) {
        kinds.computeIfAbsent(kind, k -> new Kind()).add(path, detail);
    }

    /** What was left out of the file at the path does not matter any more: it is made anew. */
    public void forget(EntryPath path) {
        kinds.values().forEach(kind -> kind.forget(path, false));
    }

    /** Nor what was left out at the path or beneath it: it is taken away. */
    public void forgetWithin(EntryPath path) {
        kinds.values().forEach(kind -> kind.forget(path, true));
    }

    /** Those that were listed, kind by kind, and one more for each kind that had more. */
    public List<Omission> list() {
        List<Omission> all = new ArrayList<>();
        kinds.forEach((kind, of) -> {
            of.details.forEach((path, details) -> details
                    .forEach(detail -> all.add(new Omission(path, detail.isEmpty() ? kind : kind + " " + detail))));
            if (of.more > 0) {
                all.add(new Omission(EntryPath.ROOT, kind + ": " + of.more + " more of these"));
            }
        });
        return all;
    }
}
