package dev.varve.ports.archive;

import dev.varve.domain.error.VarveException;

/**
 * Writes an uncompressed tar: PAX where a value does not fit ustar, the same bytes for the same calls. For one thread.
 */
public interface LayerWriter extends AutoCloseable {
    /**
     * Begins an entry; the content of a regular file, exactly as long as its node says, follows by {@link #write}.
     *
     * @throws IllegalStateException    if the content of the entry before is not complete
     * @throws IllegalArgumentException if a tar cannot hold the node: a socket
     */
    void put(ArchiveEntry entry) throws VarveException;

    /** Writes content of the current regular file. @throws IllegalStateException if it is more than its size */
    void write(byte[] buffer, int from, int length) throws VarveException;

    /** Ends the archive with its two empty blocks and flushes; the stream stays open. */
    void finish() throws VarveException;

    /** Closes the stream that the archive is written to, finished or not. */
    @Override
    void close() throws VarveException;
}
