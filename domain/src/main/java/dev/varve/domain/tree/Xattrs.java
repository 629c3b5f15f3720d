package dev.varve.domain.tree;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The extended attributes of a file (xattr(7)). Names hold one byte a character (ISO 8859-1), so that any name of the
 * kernel round-trips; values are bytes. Immutable, in the order of the names.
 */
public final class Xattrs {
    public static final Xattrs NONE = new Xattrs(new TreeMap<>());
    private final TreeMap<String, byte[]> values;

    private Xattrs(TreeMap<String, byte[]> values) {
        this.values = values;
    }

    /** A copy of the map and its values. */
    public static Xattrs of(Map<String, byte[]> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        TreeMap<String, byte[]> copy = new TreeMap<>();
        values.forEach((name, value) -> copy.put(name, value.clone()));
        return new Xattrs(copy);
    }

    /** The names, in order. */
    public Set<String> names() {
        return java.util.Collections.unmodifiableSet(values.keySet());
    }

    /** Whether there is no attribute. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Whether there is an attribute of this name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A copy of the value. @throws IllegalArgumentException if there is none of this name */
    public byte[] value(String name) {
        byte[] value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no attribute " + name);
        }
        return value.clone();
    }

    /** Those whose name the filter takes. */
    public Xattrs only(Predicate<String> filter) {
        TreeMap<String, byte[]> kept = new TreeMap<>(values);
        kept.keySet().removeIf(filter.negate());
        return kept.size() == values.size() ? this : kept.isEmpty() ? NONE : new Xattrs(kept);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Xattrs xattrs) || !values.keySet().equals(xattrs.values.keySet())) {
            return false;
        }
        Iterator<byte[]> its = xattrs.values.values().iterator();
        for (byte[] mine : values.values()) {
            if (!Arrays.equals(mine, its.next())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return values.keySet().hashCode();
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
