package dev.varve.adapter.store.file;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.OpenFile;

/**
 * How processes learn of each other's changes: a counter and a ring of what the last changes were on, in one small file
 * that is written in place. The counter is raised before a change, to an odd value, and after it, to an even one. Who
 * sees the value he knows has nothing to read again; who sees a later one reads again what the ring names; an odd one
 * means that the last of these is being changed, or was when a process died.
 *
 * <p>
 * The file is never synced: it is of use only among processes that run at the same time. Where it cannot be written, a
 * change that must succeed cuts it to nothing, which takes no space: then everything is read again each time, until
 * somebody can write it anew.
 */
final class ChangeLog {
    /** Stands in the ring for a change of images. */
    static final long IMAGES = 0;
    /** A value that the counter never has. */
    static final long UNKNOWN = -1;
    private static final int SLOTS = 64;
    /** Half of the ring: slots that may be overwritten while they are read are not relied on. */
    private static final int FARTHEST = SLOTS / 2;
    private static final int LENGTH = Long.BYTES * (1 + SLOTS);

    private ChangeLog() {}

    /** A log of no changes. It begins anywhere, so that nobody takes it for a continuation of one he knew. */
    static byte[] fresh() {
        long start = ThreadLocalRandom.current().nextLong(1L << 60) * 2;
        return ByteBuffer.allocate(LENGTH).putLong(start).array();
    }

    /** The counter alone, by one short read; {@link #UNKNOWN} if the log was lost. */
    static long counter(OpenFile file) throws VarveException {
        byte[] bytes = new byte[Long.BYTES];
        long counter = file.read(0, bytes, 0, bytes.length) < bytes.length ? UNKNOWN : ByteBuffer.wrap(bytes).getLong();
        return counter < 0 ? UNKNOWN : counter;
    }

    /** The counter and the ring, or empty if the log was lost. */
    static Optional<Seen> read(OpenFile file) throws VarveException {
        byte[] bytes = new byte[LENGTH];
        int length = 0;
        int n;
        while (length < LENGTH && (n = file.read(length, bytes, length, LENGTH - length)) > 0) {
            length += n;
        }
        Seen seen = new Seen(ByteBuffer.wrap(bytes));
        return length < LENGTH || seen.counter() < 0 ? Optional.empty() : Optional.of(seen);
    }

    /** Writes a lost log anew. The lock is held. */
    static void restart(OpenFile file) throws VarveException {
        byte[] bytes = fresh();
        file.write(0, bytes, 0, bytes.length);
    }

    /** Says that the record is about to be changed. The lock is held. @return the counter, which is odd now */
    static long announce(OpenFile file, long counter, long changed) throws VarveException {
        long odd = counter % 2 == 0 ? counter + 1 : counter + 2;
        int slot = Long.BYTES * (1 + (int) (odd / 2 % SLOTS));
        // The ring first: whoever sees the counter must find what it speaks of.
        write(file, slot, changed);
        write(file, 0, odd);
        return odd;
    }

    /** Says that the announced change is over. @return the counter, which is even now */
    static long finish(OpenFile file, long odd) throws VarveException {
        write(file, 0, odd + 1);
        return odd + 1;
    }

    /** Makes everybody read everything again. Takes no space. */
    static void lose(OpenFile file) throws VarveException {
        file.setSize(0);
    }

    private static void write(OpenFile file, int offset, long value) throws VarveException {
        file.write(offset, ByteBuffer.allocate(Long.BYTES).putLong(value).array(), 0, Long.BYTES);
    }

    /** The log at one moment. */
    static final class Seen {
        private final ByteBuffer bytes;

        Seen(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        long counter() {
            return bytes.getLong(0);
        }

        /** The last even value: up to there all changes are over. */
        long settled() {
            return counter() & ~1L;
        }

        /** What was changed, or is being changed, since the counter had the even value; empty if that is not known. */
        Optional<long[]> changesSince(long stamp) {
            long first = stamp / 2;
            long end = (counter() + 1) / 2;
            if (stamp < 0 || end < first || end - first > FARTHEST) {
                return Optional.empty();
            }
            long[] changes = new long[(int) (end - first)];
            for (int i = 0; i < changes.length; i++) {
                changes[i] = bytes.getLong(Long.BYTES * (1 + (int) ((first + i) % SLOTS)));
            }
            return Optional.of(changes);
        }
    }
}
