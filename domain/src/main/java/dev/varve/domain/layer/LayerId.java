package dev.varve.domain.layer;

import java.nio.charset.StandardCharsets;

/**
 * The name by which users call a layer: any printable text of 1 to 4096 bytes of UTF-8. It is kept in the catalogue and
 * never becomes a part of a path, so {@code ../x}, {@code a/b}, {@code :} and {@code ,} are ids like any other.
 */
public record LayerId(String value) implements Comparable<LayerId> {
    private static final int MAX_BYTES = 4096;

    /** @throws IllegalArgumentException if the text is empty, too long, holds a control character or half a surrogate pair */
    public LayerId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a layer id must not be empty");
        }
        if (value.codePoints()
                .anyMatch(c -> Character.isISOControl(c)
                        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new IllegalArgumentException("a layer id must not hold control characters or unpaired surrogates");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a layer id has at most " + MAX_BYTES + " bytes, not " + bytes);
        }
    }

    @Override
    public int compareTo(LayerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
