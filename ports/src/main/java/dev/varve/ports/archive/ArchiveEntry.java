package dev.varve.ports.archive;

import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.Node;

/** One entry of a layer archive, its name read but its whiteout not. */
public sealed interface ArchiveEntry {
    EntryPath path();

    /** A file of any type. The content of a regular file follows it in the archive. */
    record File(EntryPath path, Node node, Attributes attributes) implements ArchiveEntry {}

    /**
     * One more name for an earlier file, or for a file of a layer below.
     *
     * @param attributes those of the file. Not redundant: moby, containerd and umoci set the owner, mode, times and
     *                   extended attributes that the header of a hard link gives on the inode that it links to, so a
     *                   writer must repeat the file's own
     */
    record HardLink(EntryPath path, EntryPath target, Attributes attributes) implements ArchiveEntry {}
}
