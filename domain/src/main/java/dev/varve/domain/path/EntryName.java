package dev.varve.domain.path;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One component of a path inside a layer: bytes without {@code /} and NUL, not empty, neither {@code .} nor {@code ..}.
 * Bytes and not text, because a kernel name has no character set. Immutable; ordered by unsigned bytes.
 */
public final class EntryName implements Comparable<EntryName> {
    private final byte[] bytes;

    private EntryName(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException if the bytes are not one component */
    public static EntryName of(byte[] bytes) {
        return ofRange(bytes, 0, bytes.length);
    }

    /** The name that the text gives as UTF-8. @throws IllegalArgumentException if it is not one component */
    public static EntryName of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #of(byte[])}, from a part of an array, which is copied. */
    public static EntryName ofRange(byte[] bytes, int from, int to) {
        if (to <= from) {
            throw new IllegalArgumentException("empty name");
        }
        int length = to - from;
        if (bytes[from] == '.' && (length == 1 || length == 2 && bytes[from + 1] == '.')) {
            throw new IllegalArgumentException("not a name: " + Names.printable(Arrays.copyOfRange(bytes, from, to)));
        }
        for (int i = from; i < to; i++) {
            if (bytes[i] == '/' || bytes[i] == 0) {
                throw new IllegalArgumentException(
                        "not one component: " + Names.printable(Arrays.copyOfRange(bytes, from, to)));
            }
        }
        return new EntryName(Arrays.copyOfRange(bytes, from, to));
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The bytes in number. */
    public int length() {
        return bytes.length;
    }

    /** Copies the bytes to {@code target} from {@code at} on. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
    }

    /** Whether the name begins with these ASCII characters. */
    public boolean startsWith(String ascii) {
        if (bytes.length < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the name is exactly these ASCII characters. */
    public boolean is(String ascii) {
        return bytes.length == ascii.length() && startsWith(ascii);
    }

    @Override
    public int compareTo(EntryName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The name for a person, escaped as {@link Names#printable} does. */
    @Override
    public String toString() {
        return Names.printable(bytes);
    }
}
