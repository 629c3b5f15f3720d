package dev.varve.ports.archive;

import java.io.InputStream;
import java.io.OutputStream;

import dev.varve.domain.error.VarveException;

/** Layer archives and their compression. Safe for use by several threads; what it gives out is not. */
public interface Archives {
    /** A short name for messages. */
    String name();

    /** Reads an uncompressed tar. The stream is read to its end and closed by the reader. */
    LayerReader reader(InputStream tar, ArchiveLimits limits);

    /** Writes an uncompressed tar; buffers by itself. */
    LayerWriter writer(OutputStream tar);

    /**
     * Undoes the compression that the first bytes of the stream show: gzip (RFC 1952, several members too), zstd
     * (RFC 8878, several frames too), none.
     *
     * @throws dev.varve.domain.error.BadDataException if it is neither of these nor a tar: bzip2 and xz are named
     */
    Decompressed decompress(InputStream raw) throws VarveException;

    /** Compresses; the same bytes for the same input. Closing the result finishes it and closes {@code out}. */
    OutputStream compress(OutputStream out, Compression compression) throws VarveException;

    /** A stream of plain bytes and what they were compressed with. */
    record Decompressed(InputStream stream, Compression compression) {}
}
