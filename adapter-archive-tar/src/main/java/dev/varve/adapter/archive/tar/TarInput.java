package dev.varve.adapter.archive.tar;

import java.io.IOException;
import java.io.InputStream;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.ArchiveTap;

/**
 * The bytes of an archive through one buffer, with their offset. Never calls {@link InputStream#skip}: a stream that
 * computes a digest would not see what is skipped ({@link java.security.DigestInputStream}).
 */
final class TarInput {
    private static final int CAPACITY = 1 << 17;
    private static final String HINT = "fetch or build the archive again";
    private final InputStream in;
    private final ArchiveTap tap;
    private final byte[] buffer = new byte[CAPACITY];
    private int at;
    private int end;
    /** Up to where in the buffer the tap has heard. */
    private int tapped;
    private long base;

    TarInput(InputStream in, ArchiveTap tap) {
        this.in = in;
        this.tap = tap;
    }

    /** The number of bytes consumed so far. */
    long offset() {
        return base + at;
    }

    /** The array that {@link #block} points into; its content moves with any further read. */
    byte[] buffer() {
        return buffer;
    }

    /**
     * Consumes one block.
     *
     * @return where it begins in {@link #buffer}, or -1 if the archive ends exactly before it
     */
    int block() throws VarveException {
        int found = peekBlock();
        at += found < 0 ? 0 : UstarHeader.BLOCK;
        return found;
    }

    /** As {@link #block}, but the block is not consumed. */
    int peekBlock() throws VarveException {
        if (end - at < UstarHeader.BLOCK) {
            fill(UstarHeader.BLOCK);
            if (end == at) {
                return -1;
            }
            if (end - at < UstarHeader.BLOCK) {
                throw truncated("within a header");
            }
        }
        return at;
    }

    /** Consumes some bytes of a file's content, at least one. @param offset where in the file they belong */
    int content(long offset, byte[] into, int from, int length) throws VarveException {
        tellFraming();
        int n;
        if (at == end && length >= CAPACITY) {
            n = readRaw(into, from, length);
            if (n < 0) {
                throw truncated("within the content of a file");
            }
            base += n;
        } else {
            n = read(into, from, length);
            tapped = at;
        }
        tap.content(offset, into, from, n);
        return n;
    }

    /** What was consumed and not told yet is framing. */
    private void tellFraming() throws VarveException {
        if (tapped < at) {
            tap.framing(buffer, tapped, at - tapped);
            tapped = at;
        }
    }

    private int read(byte[] into, int from, int length) throws VarveException {
        if (at == end) {
            fill(1);
            if (at == end) {
                throw truncated("within the content of a file");
            }
        }
        int n = Math.min(length, end - at);
        System.arraycopy(buffer, at, into, from, n);
        at += n;
        return n;
    }

    /** Consumes exactly {@code count} bytes, into a new array; the caller has checked the number against a limit. */
    byte[] bytes(int count) throws VarveException {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;) {
            have += read(bytes, have, count - have);
        }
        return bytes;
    }

    /** Consumes exactly {@code count} bytes. */
    void skip(long count) throws VarveException {
        long left = count;
        while (left > end - at) {
            left -= end - at;
            at = end;
            fill(1);
            if (at == end) {
                throw truncated("within the content of a file or the padding after it");
            }
        }
        at += (int) left;
    }

    /** Consumes what there is. */
    void drain() throws VarveException {
        do {
            at = end;
            fill(1);
        } while (at < end);
    }

    void close() throws VarveException {
        try {
            in.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    BadDataException bad(long offset, String what) {
        return new BadDataException("bad tar at byte " + offset + ": " + what, HINT);
    }

    BadDataException notATar(String why) {
        return new BadDataException("not a tar: " + why,
                "give a layer archive: a tar, or one compressed by gzip, zstd, xz or bzip2");
    }

    private BadDataException truncated(String where) {
        return bad(base + end, "the archive ends " + where);
    }

    /** Has at least {@code count} bytes in the buffer afterwards, or all that there are. */
    private void fill(int count) throws VarveException {
        tellFraming();
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            base += at;
            end -= at;
            at = 0;
            tapped = 0;
        }
        while (end < count) {
            int n = readRaw(buffer, end, CAPACITY - end);
            if (n < 0) {
                return;
            }
            end += n;
        }
    }

    private int readRaw(byte[] into, int from, int length) throws VarveException {
        try {
            return in.read(into, from, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static VarveException failure(IOException e) {
        return e instanceof VarveException known ? known
                : Compressors.isDamage(e) ? Compressors.damaged(e)
                        : new BadDataException("cannot read the archive: " + e.getMessage(),
                                "see whether it is still there", e);
    }
}
