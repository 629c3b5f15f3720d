package dev.varve.app.service;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A stream that another thread reads ahead of its reader, so that reading, inflating and digesting go on while files are
 * written. At most a few chunks are held. The other thread closes what is read, whatever
 * comes, as the last thing that it does: native memory must not go while it is worked upon.
 */
final class ReadAhead extends InputStream {
    private static final int CHUNK = 1 << 18;
    private static final int CHUNKS = 4;
    private static final long PATIENCE_MILLIS = 50;
    private static final java.time.Duration LAST_READ = java.time.Duration.ofSeconds(1);

    /** A piece of the stream; none is shorter than {@link #CHUNK} but the last. */
    private record Chunk(byte[] bytes, int length) {}

    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(CHUNKS);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(CHUNKS + 2);
    private final Thread thread;
    private volatile boolean over;
    /** What ended the reading, if that was not the end of the stream. Set before {@link #ended}. */
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;
    private @Nullable Chunk current;
    private int at;

    /** @param source of the stream, which the other thread closes */
    ReadAhead(InputStream in, Closeable source) throws IOException {
        for (int i = 0; i < CHUNKS + 2; i++) {
            empty.add(new byte[0]);
        }
        try {
            thread = Thread.ofPlatform().name("varve-read-ahead").daemon().start(() -> run(in, source));
        } catch (Throwable e) { // no room for one more thread
            source.close();
            throw e;
        }
    }

    /** Lets nothing pass: whoever waits for this thread has to hear of every end that it can have. */
    private void run(InputStream in, Closeable source) {
        try (source) {
            boolean last = false;
            while (!last) {
                byte[] buffer = take(empty);
                if (buffer == null) {
                    break;
                }
                byte[] room = buffer.length == CHUNK ? buffer : new byte[CHUNK];
                int n = in.readNBytes(room, 0, CHUNK);
                boolean given = n > 0 && give(new Chunk(room, n));
                last = !given || n < CHUNK;
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            ended = true;
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
        Chunk chunk = current;
        while (chunk == null || at >= chunk.length()) {
            if (chunk != null) {
                empty.add(chunk.bytes());
            }
            chunk = next();
            current = chunk;
            at = 0;
            if (chunk == null) {
                return end();
            }
        }
        int n = Math.min(length, chunk.length() - at);
        System.arraycopy(chunk.bytes(), at, buffer, from, n);
        at += n;
        return n;
    }

    private int end() throws IOException {
        Throwable why = failure;
        return switch (why) {
            case null -> -1;
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IOException("reading ahead failed: " + why, why);
        };
    }

    /** The next piece, or null if there are no more. */
    private @Nullable Chunk next() throws IOException {
        try {
            while (true) {
                boolean last = ended; // asked first: what was given before is in the queue by then
                Chunk chunk = last ? full.poll() : full.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                if (chunk != null || last) {
                    return chunk;
                }
            }
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
