package dev.varve.app.tree;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.varve.domain.path.EntryPath;
import dev.varve.ports.in.LayerStore.Omission;

/** What had to be left out. Each kind is listed up to a limit and counted beyond it, so that no layer can fill the heap. */
public final class Omissions {
    private static final int LISTED = 1000;
    private final List<Omission> listed = new ArrayList<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();

    /** @param kind what was left out, the same words for all of a kind; @param detail which one, or "" */
    public void add(EntryPath path, String kind, String detail) {
        if (counts.merge(kind, 1L, Long::sum) <= LISTED) {
            listed.add(new Omission(path, detail.isEmpty() ? kind : kind + " " + detail));
        }
    }

    /** Those that were listed, and one more for each kind that had more. */
    public List<Omission> list() {
        List<Omission> all = new ArrayList<>(listed);
        counts.forEach((kind, count) -> {
            if (count > LISTED) {
                all.add(new Omission(EntryPath.ROOT, kind + ": " + (count - LISTED) + " more of these"));
            }
        });
        return all;
    }
}
