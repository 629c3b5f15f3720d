package dev.varve.app.framing;

import java.nio.charset.StandardCharsets;

import dev.varve.domain.path.EntryName;

/**
 * The framing of a layer: how its archive is put together again from the layer's own files. The file begins with
 * {@link #MAGIC}; the rest is one zlib stream (RFC 1950) of steps. A step is a number, {@code n << 3 | kind} in LEB128
 * (seven bits a byte, the lowest first), and what its kind says. Paths share their beginning with the path before: the
 * count of shared bytes in LEB128, then {@code n} bytes.
 */
final class FramingFormat {
    static final EntryName FILE = EntryName.of("framing");
    /** Beside it: what entries of the archive replaced, each under the number of its {@link #MOVED} step, from 0. */
    static final EntryName REPLACED = EntryName.of("replaced");
    static final byte[] MAGIC = "varve framing 1\n".getBytes(StandardCharsets.US_ASCII);

    /** The next {@code n} bytes follow. */
    static final int LITERAL = 0;
    /** The next {@code n} bytes are zeros. */
    static final int ZEROS = 1;
    /** What is copied from now on comes from the start of the layer's file at this path. */
    static final int OPEN = 2;
    /** {@code n} bytes of that file are passed over: a hole. */
    static final int SKIP = 3;
    /** The next {@code n} bytes are that file's. */
    static final int COPY = 4;
    /** What was opened so far at this path or beneath it is in {@link #REPLACED}. */
    static final int MOVED = 5;
    /** The archive is complete and has {@code n} entries. */
    static final int END = 6;

    static final int KIND_BITS = 3;
    /** Far above any path that Linux opens. */
    static final int MAX_PATH = 1 << 20;

    private FramingFormat() {}
}
