package dev.varve.domain.layer;

/**
 * What a layer takes, without its parents.
 *
 * @param size      the sum of the files' lengths in bytes, each hard-linked file once
 * @param allocated the bytes that the file system has set aside for them, holes not counted
 * @param inodes    files, directories and all others, each hard-linked one once
 */
public record Usage(long size, long allocated, long inodes) {
    public static final Usage NONE = new Usage(0, 0, 0);

    /** Both together. */
    public Usage plus(Usage more) {
        return new Usage(size + more.size, allocated + more.allocated, inodes + more.inodes);
    }
}
