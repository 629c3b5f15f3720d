package dev.varve.adapter.archive.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import dev.varve.domain.error.BadDataException;

/**
 * Decompresses gzip (RFC 1952): members one after another, then the end of the stream or zeros up to it. The JDK's own
 * stream takes a pause of the source for its end, and drops the members after it without a word; commons-compress
 * refuses the zeros. Checksums and lengths of all members are checked. For one thread.
 */
final class GzipInput extends InputStream {
    private static final int CAPACITY = 1 << 16;
    private static final int RESERVED_FLAGS = 0xe0;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[CAPACITY];
    private final byte[] one = new byte[1];
    private int at;
    private int end;
    private boolean inMember;
    private boolean ended;

    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember) {
                readHeader();
            }
            int n = inflate(into, from, length);
            if (inflater.finished()) {
                crc.update(into, from, n);
                readTrailer();
                readBetween();
                if (n > 0) {
                    return n;
                }
            } else if (n > 0) {
                crc.update(into, from, n);
                return n;
            } else if (inflater.needsInput()) {
                if (!fill()) {
                    throw truncated();
                }
                inflater.setInput(buffer, at, end - at);
            } else {
                throw damaged("the stream wants a dictionary", null);
            }
        }
        return -1;
    }

    private int inflate(byte[] into, int from, int length) throws IOException {
        try {
            int n = inflater.inflate(into, from, length);
            at = end - inflater.getRemaining();
            return n;
        } catch (DataFormatException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private void readHeader() throws IOException {
        int magic = next() | next() << 8;
        int method = next();
        int flags = next();
        if (magic != 0x8b1f || method != 8 || (flags & RESERVED_FLAGS) != 0) {
            throw damaged("not a gzip header", null);
        }
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.reset();
        crc.reset();
        inflater.setInput(buffer, at, end - at);
        inMember = true;
    }

    private void readTrailer() throws IOException {
        inMember = false;
        if (number() != crc.getValue()) {
            throw damaged("wrong checksum", null);
        }
        if (number() != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw damaged("wrong length", null);
        }
    }

    /** Sees whether another member follows; zeros may follow the last one, as on tapes. */
    private void readBetween() throws IOException {
        if (at == end && !fill()) {
            ended = true;
            return;
        }
        if (buffer[at] == 0x1f) {
            return;
        }
        do {
            for (; at < end; at++) {
                if (buffer[at] != 0) {
                    throw damaged("something else follows it", null);
                }
            }
        } while (fill());
        ended = true;
    }

    private long number() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            continue;
        }
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw truncated();
        }
        return buffer[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        int n = in.read(buffer, 0, CAPACITY);
        at = 0;
        end = Math.max(n, 0);
        return n > 0;
    }

    private static BadDataException truncated() {
        return damaged("it ends early", null);
    }

    private static BadDataException damaged(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return Compressors.damaged("gzip: " + why, cause);
    }

    @Override
    public void close() throws IOException {
        ended = true;
        inflater.end();
        in.close();
    }
}
