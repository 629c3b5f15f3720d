package dev.varve.domain.layer;

import java.nio.charset.StandardCharsets;

/**
 * The name by which users call a layer: any printable text of 1 to 4096 bytes of UTF-8. It is kept in the catalogue and
 * never becomes a part of a path, so {@code ../x}, {@code a/b}, {@code :} and {@code ,} are ids like any other.
 */
public record LayerId(String value) implements Comparable<LayerId> {
    private static final int MAX_BYTES = 4096;

    /**
     * @throws IllegalArgumentException if the text is empty, too long, or holds a control character, a line separator, a
     *                                  character that turns the direction of the text around, or half a surrogate pair
     */
    public LayerId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a layer id must not be empty");
        }
        if (value.codePoints().anyMatch(LayerId::isForbidden)) {
            throw new IllegalArgumentException(
                    "a layer id must not hold control characters, line separators, characters that turn the direction of "
                            + "the text around, or unpaired surrogates");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a layer id has at most " + MAX_BYTES + " bytes, not " + bytes);
        }
    }

    /** What would let an id break a line, or look like another one. */
    private static boolean isForbidden(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029
                || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                || switch (Character.getDirectionality(c)) {
                    case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
                            Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
                            Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
                            Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
                            Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
                            Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
                            Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
                            Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
                            Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE -> true;
                    default -> false;
                };
    }

    @Override
    public int compareTo(LayerId other) {
        return value.compareTo(other.value);
    }

    /** Written out, like {@link #hashCode}: a record's own methods are spun when they are first called, some ms each. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LayerId id && value.equals(id.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
