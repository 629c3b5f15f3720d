package dev.varve.domain.change;

import dev.varve.domain.path.EntryPath;

/** One changed path; prints as {@code A /path}. Ordered as a walk meets the paths. */
public record Change(ChangeKind kind, EntryPath path) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
        int byPath = path.compareTo(other.path);
        return byPath != 0 ? byPath : kind.compareTo(other.kind);
    }

    @Override
    public String toString() {
        return kind.letter() + " " + path;
    }
}
