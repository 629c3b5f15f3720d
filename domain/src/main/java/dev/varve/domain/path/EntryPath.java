package dev.varve.domain.path;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.varve.domain.error.UnsafePathException;

/**
 * A path inside a layer, relative to the layer's root: {@link EntryName}s joined by {@code /}, with no empty part, no
 * {@code .} and no {@code ..}. The root itself has no name. Immutable. The order is that of a walk: a directory before
 * what is in it, siblings by unsigned bytes.
 */
public final class EntryPath implements Comparable<EntryPath> {
    /** The root of the layer. */
    public static final EntryPath ROOT = new EntryPath(new byte[0]);
    private final byte[] bytes;

    private EntryPath(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads a name as archives write it: leading slashes, {@code ./} prefixes, doubled and trailing slashes are taken
     * away, {@code a/../b} is {@code b}.
     *
     * @throws UnsafePathException if the name climbs above the root, or holds a NUL
     */
    public static EntryPath ofArchive(byte[] raw) throws UnsafePathException {
        if (isClean(raw)) {
            return new EntryPath(raw.clone());
        }
        byte[] out = new byte[raw.length];
        int length = 0;
        int from = 0;
        while (from <= raw.length) {
            int to = from;
            while (to < raw.length && raw[to] != '/') {
                if (raw[to] == 0) {
                    throw new UnsafePathException("archive entry with a NUL in its name: " + Names.printable(raw));
                }
                to++;
            }
            int n = to - from;
            if (n == 2 && raw[from] == '.' && raw[from + 1] == '.') {
                if (length == 0) {
                    throw new UnsafePathException(
                            "archive entry climbs above the root of the layer: " + Names.printable(raw));
                }
                while (length > 0 && out[--length] != '/') {
                    continue;
                }
            } else if (n > 0 && !(n == 1 && raw[from] == '.')) {
                if (length > 0) {
                    out[length++] = '/';
                }
                System.arraycopy(raw, from, out, length, n);
                length += n;
            }
            from = to + 1;
        }
        return length == 0 ? ROOT : new EntryPath(Arrays.copyOf(out, length));
    }

    private static boolean isClean(byte[] raw) {
        int start = 0;
        for (int i = 0; i <= raw.length; i++) {
            if (i == raw.length || raw[i] == '/') {
                int n = i - start;
                if (n == 0 || raw[start] == '.' && (n == 1 || n == 2 && raw[start + 1] == '.')) {
                    return false;
                }
                start = i + 1;
            } else if (raw[i] == 0) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #ofArchive}, from text in UTF-8. @throws IllegalArgumentException where that refuses the name */
    public static EntryPath of(String text) {
        try {
            return ofArchive(text.getBytes(StandardCharsets.UTF_8));
        } catch (UnsafePathException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Whether this is the root of the layer. */
    public boolean isRoot() {
        return bytes.length == 0;
    }

    /** The path of an entry of this directory. */
    public EntryPath child(EntryName name) {
        if (isRoot()) {
            return new EntryPath(name.toBytes());
        }
        byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + name.length());
        joined[bytes.length] = '/';
        name.copyTo(joined, bytes.length + 1);
        return new EntryPath(joined);
    }

    /** The directory that holds this entry. @throws IllegalStateException for the root */
    public EntryPath parent() {
        requireBelowRoot();
        int slash = lastSlash();
        return slash < 0 ? ROOT : new EntryPath(Arrays.copyOf(bytes, slash));
    }

    /** The last component. @throws IllegalStateException for the root */
    public EntryName name() {
        requireBelowRoot();
        return EntryName.ofRange(bytes, lastSlash() + 1, bytes.length);
    }

    /** The components, from the root down. */
    public List<EntryName> names() {
        List<EntryName> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length && !isRoot(); i++) {
            if (i == bytes.length || bytes[i] == '/') {
                names.add(EntryName.ofRange(bytes, start, i));
                start = i + 1;
            }
        }
        return names;
    }

    /** The components in number: 0 for the root. */
    public int depth() {
        int depth = isRoot() ? 0 : 1;
        for (byte b : bytes) {
            depth += b == '/' ? 1 : 0;
        }
        return depth;
    }

    /** Whether this is {@code directory} itself or lies beneath it. */
    public boolean isWithin(EntryPath directory) {
        int n = directory.bytes.length;
        return n == 0 || bytes.length == n && Arrays.equals(bytes, directory.bytes)
                || bytes.length > n && bytes[n] == '/' && Arrays.equals(bytes, 0, n, directory.bytes, 0, n);
    }

    /** A copy of the bytes, without a leading slash; none for the root. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    private void requireBelowRoot() {
        if (isRoot()) {
            throw new IllegalStateException("the root has neither name nor parent");
        }
    }

    private int lastSlash() {
        int i = bytes.length - 1;
        while (i >= 0 && bytes[i] != '/') {
            i--;
        }
        return i;
    }

    @Override
    public int compareTo(EntryPath other) {
        int mismatch = Arrays.mismatch(bytes, other.bytes);
        if (mismatch < 0 || mismatch == bytes.length || mismatch == other.bytes.length) {
            return bytes.length - other.bytes.length;
        }
        int mine = bytes[mismatch] == '/' ? -1 : bytes[mismatch] & 0xff;
        int its = other.bytes[mismatch] == '/' ? -1 : other.bytes[mismatch] & 0xff;
        return mine - its;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryPath path && Arrays.equals(bytes, path.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The path for a person: with a leading slash, escaped as {@link Names#printable} does. */
    @Override
    public String toString() {
        return "/" + Names.printable(bytes);
    }
}
