package dev.varve.ports.archive;

import java.io.InputStream;
import java.io.OutputStream;

import dev.varve.domain.error.VarveException;

/** Layer archives and their compression. Safe for use by several threads; what it gives out is not. */
public interface Archives {
    /** A short name for messages. */
    String name();

    /** Reads an uncompressed tar. The stream is read to its end and closed by the reader. */
    default LayerReader reader(InputStream tar, ArchiveLimits limits) {
        return reader(tar, limits, ArchiveTap.NONE);
    }

    /** The same; the tap hears all bytes of the tar, also those that no entry shows. */
    LayerReader reader(InputStream tar, ArchiveLimits limits, ArchiveTap tap);

    /** Writes an uncompressed tar; buffers by itself. */
    LayerWriter writer(OutputStream tar);

    /**
     * Undoes the compression that the first bytes of the stream show: gzip (RFC 1952, several members too), zstd
     * (RFC 8878, several frames too), xz (with a dictionary of 64 MiB at most) and bzip2 (several streams too), none.
     *
     * @throws dev.varve.domain.error.BadDataException if it is neither of these nor a tar: lz4 and zip are named
     */
    Decompressed decompress(InputStream raw) throws VarveException;

    /** Compresses; the same bytes for the same input. Closing the result finishes it and closes {@code out}. */
    OutputStream compress(OutputStream out, Compression compression) throws VarveException;

    /** A stream of plain bytes, and whether they were compressed. */
    record Decompressed(InputStream stream, boolean compressed) {}
}
