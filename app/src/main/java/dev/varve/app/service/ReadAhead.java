package dev.varve.app.service;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A stream that another thread reads ahead of its reader, so that reading, inflating and digesting go on while files are
 * written. At most a few chunks are held. Closing it leaves the stream below open.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK = 1 << 18;
    private static final int CHUNKS = 4;
    private static final long PATIENCE_MILLIS = 50;
    private static final java.time.Duration LAST_READ = java.time.Duration.ofSeconds(1);

    /** A piece of the stream, its end, or the failure that ended it. */
    private record Chunk(byte[] bytes, int length, @Nullable Throwable failure) {
        boolean isLast() {
            return length <= 0;
        }
    }

    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(CHUNKS + 2);
    private final Thread thread;
    private volatile boolean over;
    private Chunk current = new Chunk(new byte[0], 1, null);
    private int at = 1;

    ReadAhead(InputStream in) {
        for (int i = 0; i < CHUNKS + 2; i++) {
            empty.add(new byte[0]);
        }
        thread = Thread.ofPlatform().name("varve-read-ahead").daemon().start(() -> run(in));
    }

    private void run(InputStream in) {
        try {
            Chunk chunk;
            do {
                byte[] buffer = take(empty);
                if (buffer == null) {
                    return;
                }
                chunk = fill(in, buffer.length == CHUNK ? buffer : new byte[CHUNK]);
            } while (give(chunk) && !chunk.isLast());
        } catch (InterruptedException e) {
            over = true; // nobody but close() interrupts this thread
        }
    }

    private static Chunk fill(InputStream in, byte[] buffer) {
        try {
            int n = in.readNBytes(buffer, 0, buffer.length);
            return new Chunk(buffer, n, null);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return new Chunk(buffer, -1, e);
        }
    }

    private byte @Nullable [] take(BlockingQueue<byte[]> queue) throws InterruptedException {
        while (!over) {
            byte[] next = queue.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    private boolean give(Chunk chunk) throws InterruptedException {
        while (!over) {
            if (full.offer(chunk, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!current.isLast() && at >= current.length()) {
            if (current.bytes().length == CHUNK) {
                empty.add(current.bytes());
            }
            current = next();
            at = 0;
        }
        if (current.isLast()) {
            Throwable failure = current.failure();
            switch (failure) {
                case null -> { return -1; }
                case IOException e -> throw e;
                default -> throw new IOException("reading ahead failed", failure);
            }
        }
        int n = Math.min(length, current.length() - at);
        System.arraycopy(current.bytes(), at, buffer, from, n);
        at += n;
        return n;
    }

    private Chunk next() throws IOException {
        try {
            return full.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while an archive was read");
        }
    }

    /** Ends the other thread. One that waits for input is given up after a moment: what it still gets is lost. */
    @Override
    public void close() {
        over = true;
        try {
            thread.join(LAST_READ);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
