package dev.varve.ports.archive;

/**
 * What a layer archive may hold at most; a reader refuses one that holds more before it allocates for it.
 *
 * @param entries        in number
 * @param metadataBytes  of one entry: PAX records, long names and sparse maps together
 * @param pathBytes      of one name
 * @param pathDepth      of one name: its parts in number
 * @param sparseSegments of one sparse file
 * @param fileBytes      of one file, holes included
 */
public record ArchiveLimits(long entries, int metadataBytes, int pathBytes, int pathDepth, int sparseSegments,
        long fileBytes) {
    /**
     * Far above what real layers hold: a path has at most 4,095 bytes for Linux, and a file 16 TiB on ext4. More than that
     * would be a hole, which costs nothing here but as many zeros in each difference.
     */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(20_000_000L, 4 << 20, 1 << 16, 1024, 1 << 18,
            1L << 44);
}
