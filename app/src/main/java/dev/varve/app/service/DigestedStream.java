package dev.varve.app.service;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** A stream whose bytes go into a digest as they are read. Closing it leaves the stream below open. */
final class DigestedStream extends FilterInputStream {
    private static final int DRAIN = 1 << 16;
    private final Optional<MessageDigest> digest;

    DigestedStream(InputStream in, Optional<MessageDigest> digest) {
        super(in);
        this.digest = digest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        int n = in.read(buffer, from, length);
        if (n > 0) {
            digest.ifPresent(d -> d.update(buffer, from, n));
        }
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        byte[] skipped = new byte[(int) Math.min(n, DRAIN)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Reads what is left, so that the digest is of all. */
    void drain() throws IOException {
        byte[] buffer = new byte[DRAIN];
        int n;
        do {
            n = read(buffer, 0, buffer.length);
        } while (n >= 0);
    }

    @Override
    public void close() {
        // whoever opened the stream closes it
    }
}
