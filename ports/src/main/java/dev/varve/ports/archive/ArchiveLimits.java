package dev.varve.ports.archive;

/**
 * What a layer archive may hold at most; a reader refuses one that holds more before it allocates for it.
 *
 * @param entries        in number
 * @param metadataBytes  of one entry: PAX records, long names and sparse maps together
 * @param pathBytes      of one name
 * @param sparseSegments of one sparse file
 */
public record ArchiveLimits(long entries, int metadataBytes, int pathBytes, int sparseSegments) {
    /** Far above what real layers hold. */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(20_000_000L, 4 << 20, 1 << 16, 1 << 18);
}
