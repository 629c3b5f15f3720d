package dev.varve.domain.idmap;

/**
 * Ids that follow one another, and what stands for them (user_namespaces(7), "User and group ID mappings").
 *
 * @param container the first id as the layers have it, and as a container sees it; 0 to 4294967294
 * @param host      the first id that the host sees in its place
 * @param size      how many, at least 1
 */
public record IdRange(long container, long host, long size) {
    /** The greatest id: 4294967295 stands for "no id". */
    private static final long MAX = (1L << 32) - 2;

    /** @throws IllegalArgumentException if it has no ids, or some beyond the last */
    public IdRange {
        if (container < 0 || host < 0 || size < 1 || size > MAX + 1 || container + size - 1 > MAX
                || host + size - 1 > MAX) {
            throw new IllegalArgumentException(
                    container + ":" + host + ":" + size + " is no range of ids between 0 and " + MAX);
        }
    }

    /**
     * Reads {@code container:host:size}.
     *
     * @throws IllegalArgumentException if it is not three numbers, or no range
     */
    public static IdRange parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("\"" + text + "\" is not container:host:size");
        }
        return new IdRange(number(text, parts[0]), number(text, parts[1]), number(text, parts[2]));
    }

    private static long number(String text, String part) {
        if (part.isEmpty() || part.length() > 10 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("\"" + text + "\" is not container:host:size in decimal numbers");
        }
        return Long.parseLong(part);
    }

    boolean overlaps(IdRange other) {
        return meets(container, other.container, other) || meets(host, other.host, other);
    }

    private boolean meets(long begin, long otherBegin, IdRange other) {
        return begin < otherBegin + other.size && otherBegin < begin + size;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return container + ":" + host + ":" + size;
    }
}
