package dev.varve.domain.idmap;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the owners that layers have are shown: user ids by the one list of ranges, group ids by the other. Ids outside of
 * them are shown as the overflow id, and nothing can be made with them. Root is among them: it owns what a file system
 * makes for itself.
 */
public record IdMapping(List<IdRange> users, List<IdRange> groups) {
    /** The kernel takes so many ranges for each (user_namespaces(7)). */
    private static final int MAX_RANGES = 340;

    /** @throws IllegalArgumentException if a list has too many ranges or none for root, or two of its ranges overlap */
    public IdMapping {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        check(users);
        check(groups);
    }

    private static void check(List<IdRange> ranges) {
        if (ranges.isEmpty() || ranges.size() > MAX_RANGES) {
            throw new IllegalArgumentException("a mapping has 1 to " + MAX_RANGES + " ranges, not " + ranges.size());
        }
        root(ranges);
        for (int i = 0; i < ranges.size(); i++) {
            for (IdRange earlier : ranges.subList(0, i)) {
                if (ranges.get(i).overlaps(earlier)) {
                    throw new IllegalArgumentException(earlier + " and " + ranges.get(i) + " overlap");
                }
            }
        }
    }

    /**
     * Reads ranges, {@code container:host:size} with commas between them.
     *
     * @throws IllegalArgumentException if one of them cannot be read
     */
    public static List<IdRange> ranges(String text) {
        return Arrays.stream(text.split(",", -1)).map(IdRange::parse).toList();
    }

    /** The user id on the host that stands for a container's root. */
    public long rootUser() {
        return root(users);
    }

    /** The group id on the host that stands for a container's root. */
    public long rootGroup() {
        return root(groups);
    }

    private static long root(List<IdRange> ranges) {
        return ranges.stream()
                .filter(r -> r.container() == 0)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no range has the id of root, 0"))
                .host();
    }

    /** As {@link #ranges} reads it; users and groups apart where they differ. */
    @Override
    public String toString() {
        return users.equals(groups) ? text(users) : "users " + text(users) + " groups " + text(groups);
    }

    /** As {@link #ranges} reads it. */
    public static String text(List<IdRange> ranges) {
        return ranges.stream().map(IdRange::toString).collect(Collectors.joining(","));
    }
}
