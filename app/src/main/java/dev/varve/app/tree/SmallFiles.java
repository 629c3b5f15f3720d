package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.syscall.OpenFile;

/**
 * Writes small new files behind: their content is read at once, and written with their mode and time by a second thread, a
 * batch at a time, while the next files are made. Where that thread does not keep up, or has not been worth starting, the
 * caller's thread does the work. For one caller.
 */
final class SmallFiles implements AutoCloseable {
    /** The length of the largest file that is written behind. */
    static final int LARGEST = 1 << 15;
    private static final int BATCH_BYTES = 1 << 17;
    private static final int BATCH_FILES = 32;
    private static final int WAITING = 2;

    private final AttributeWriter attributes;
    private final Tally tally;
    private final List<Batch> batches = new ArrayList<>();
    private final Deque<Batch> free = new ArrayDeque<>();
    private final Deque<Sent> sent = new ArrayDeque<>();
    private @Nullable ThreadPoolExecutor thread;
    private @Nullable Batch filling;

    SmallFiles(AttributeWriter attributes, Tally tally) {
        this.attributes = attributes;
        this.tally = tally;
    }

    private record Sent(Batch batch, Future<List<FileStat>> future) {}

    /** Bytes of the batch that belong into the file at an offset. */
    private record Piece(long offset, int from, int length) {}

    private record Job(OpenFile file, long size, Attributes wanted, int createdMode, List<Piece> pieces) {
        FileStat run(byte[] content, AttributeWriter attributes) throws VarveException {
            long end = 0;
            for (Piece piece : pieces) {
                file.write(piece.offset, content, piece.from, piece.length);
                end = piece.offset + piece.length;
            }
            if (end < size) {
                file.setSize(size);
            }
            attributes.ofNewPlain(file, wanted, createdMode);
            FileStat made = file.stat();
            file.close();
            return made;
        }
    }

    private static final class Batch {
        private final byte[] content = new byte[BATCH_BYTES];
        private final List<Job> jobs = new ArrayList<>(BATCH_FILES);
        private int used;

        void read(OpenFile file, long size, LayerReader archive, Attributes wanted, int createdMode)
                throws VarveException {
            List<Piece> pieces = new ArrayList<>(1);
            jobs.add(new Job(file, size, wanted, createdMode, pieces));
            int n;
            while ((n = archive.read(content, used, (int) Math.min(size, BATCH_BYTES - used))) > 0) {
                pieces.add(new Piece(archive.dataOffset(), used, n));
                used += n;
            }
        }

        boolean hasRoom() {
            return jobs.size() < BATCH_FILES && BATCH_BYTES - used >= LARGEST;
        }

        List<FileStat> run(AttributeWriter attributes) throws VarveException {
            List<FileStat> made = new ArrayList<>(jobs.size());
            for (Job job : jobs) {
                made.add(job.run(content, attributes));
            }
            clear();
            return made;
        }

        /** Closes what is still open. */
        void clear() {
            jobs.forEach(job -> job.file.close());
            jobs.clear();
            used = 0;
        }
    }

    /**
     * Reads the content of the archive's current entry, of at most {@link #LARGEST} bytes, to be written into the file.
     *
     * @param file        is closed by this object
     * @param createdMode the mode that it was made with
     */
    void write(OpenFile file, long size, LayerReader archive, Attributes wanted, int createdMode)
            throws VarveException {
        Batch batch = filling;
        if (batch == null) {
            batch = free.poll();
            if (batch == null) {
                batch = new Batch();
                batches.add(batch);
            }
            filling = batch;
        }
        batch.read(file, size, archive, wanted, createdMode);
        if (!batch.hasRoom()) {
            filling = null;
            send(batch);
        }
    }

    private void send(Batch batch) throws VarveException {
        ThreadPoolExecutor executor = thread;
        if (executor == null) {
            executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING),
                    Thread.ofPlatform().name("varve-small-files").daemon().factory(),
                    new ThreadPoolExecutor.CallerRunsPolicy());
            thread = executor;
        }
        sent.add(new Sent(batch, executor.submit(() -> batch.run(attributes))));
        while (!sent.isEmpty() && sent.element().future.isDone()) {
            settle(sent.remove());
        }
    }

    private void settle(Sent one) throws VarveException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    one.future.get().forEach(tally::made);
                    free.add(one.batch);
                    return;
                } catch (InterruptedException e) { // what was begun is soon done
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static VarveException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case VarveException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new IllegalStateException("a file could not be written", cause);
        };
    }

    /** Returns when all files have been written. The first failure of one is thrown, here or by {@link #write}. */
    void await() throws VarveException {
        Batch batch = filling;
        if (batch != null) {
            batch.run(attributes).forEach(tally::made);
        }
        while (!sent.isEmpty()) {
            settle(sent.remove());
        }
    }

    /** Closes all files. What has not been awaited may not have been written. */
    @Override
    public void close() {
        if (thread != null) {
            thread.getQueue().clear();
            thread.close();
        }
        batches.forEach(Batch::clear);
    }
}
