package dev.varve.ports.archive;

import java.util.Optional;

import dev.varve.domain.error.VarveException;

/**
 * Reads the entries of an uncompressed tar, in its order, once. For one thread. Names and values are kept as bytes;
 * v7, ustar, GNU and PAX archives are read (POSIX.1-2017 pax, GNU tar manual "Basic Tar Format").
 */
public interface LayerReader extends AutoCloseable {
    /**
     * The next entry; what is left of the content of the one before is skipped. Empty at the end of the archive, and
     * then the stream has been read to its very end, padding included, so that a digest over it is complete.
     *
     * @throws dev.varve.domain.error.BadDataException   if the archive is malformed, truncated or over a limit; the
     *                                                   message gives the offset in bytes
     * @throws dev.varve.domain.error.UnsafePathException if a name climbs above the root
     */
    Optional<ArchiveEntry> next() throws VarveException;

    /**
     * Reads content of the current regular file. Holes of a sparse entry are not given out: after each call
     * {@link #dataOffset()} says where in the file the bytes belong.
     *
     * @return the bytes read, at least one; 0 when there are no more
     * @throws dev.varve.domain.error.BadDataException if the archive ends within the content
     */
    int read(byte[] buffer, int from, int length) throws VarveException;

    /** Where in the file the first of the bytes that {@link #read} gave last belongs. */
    long dataOffset();

    /** Closes the stream that the archive is read from. */
    @Override
    void close() throws VarveException;
}
