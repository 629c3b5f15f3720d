package dev.varve.adapter.store.file;

import java.util.OptionalLong;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;

/**
 * Gives out layer numbers. They are set aside on the disk in blocks, so that not each of them costs a sync; what is left
 * of a block when the process ends is never given out. Safe for several threads.
 */
final class NumberSource {
    private static final int BLOCK = 64;
    /** The numbers from {@code next} to below {@code end} are this process's to give. */
    private long next = 1;
    private long end = 1;
    /** No number from here on is another's, as far as this process has seen. */
    private long reserved = 1;

    /** A number of the block, if one is left. */
    synchronized OptionalLong poll() {
        return next < end ? OptionalLong.of(next++) : OptionalLong.empty();
    }

    /** Sets another block aside. The lock is held. After a failure there is none. */
    synchronized void reserve(RecordDirectory top) throws VarveException {
        long from = read(top);
        write(top, from + BLOCK);
        next = from;
        end = from + BLOCK;
    }

    /** Takes care that the number is never given out from now on. The lock is held. */
    synchronized void use(long number, RecordDirectory top) throws VarveException {
        if (number >= next && number < end) {
            next = number + 1;
        }
        if (number >= reserved && number >= read(top)) {
            write(top, number + 1);
        }
    }

    private void write(RecordDirectory top, long value) throws VarveException {
        top.put(Layout.NEXT, RecordCodec.encode(value));
        reserved = value;
    }

    private long read(RecordDirectory top) throws VarveException {
        reserved = value(top);
        return reserved;
    }

    /** What the file says. @throws BadDataException if it is damaged or missing */
    static long value(RecordDirectory top) throws VarveException {
        String label = top.labelOf(Layout.NEXT);
        byte[] bytes = top.read(Layout.NEXT)
                .orElseThrow(() -> new BadDataException(label + " is missing",
                        "write the number of the newest layer plus 1 000 "
                                + "in its place, in the form of the other records, or restore it from a backup"));
        long value = RecordCodec.number(bytes, label);
        if (value < 1) {
            throw new BadDataException(label + " is damaged: " + value + " is no layer number",
                    RecordCodec.DAMAGE_HINT);
        }
        return value;
    }
}
