package dev.varve.adapter.archive.tar;

import java.util.Arrays;

import dev.varve.domain.error.VarveException;

/**
 * Where the stored bytes of a sparse file belong: segments in order, none overlapping, all within the file and together
 * exactly what is stored (GNU tar manual, "Sparse Formats"). Anything else is an {@link IllegalArgumentException}.
 * Grows with what was read, never with a number that the archive states.
 */
final class SparseMap {
    private static final int OLD_GNU_ENTRY = 24;
    private static final int OLD_GNU_FIRST = 386;
    private static final int OLD_GNU_FIRST_COUNT = 4;
    private static final int OLD_GNU_MORE_COUNT = 21;
    private static final int OLD_GNU_EXTENDED = 482;
    private static final int OLD_GNU_SIZE = 483;
    private final long fileSize;
    private final int maxSegments;
    private long[] offsets = new long[8];
    private long[] lengths = new long[8];
    private int count;
    private int stated;
    private long end;
    private long dataSize;
    private long mapSize;

    private SparseMap(long fileSize, int maxSegments) {
        this.fileSize = fileSize;
        this.maxSegments = maxSegments;
    }

    /** The map of type {@code S}: in the header at {@code at}, and in blocks after it, which are consumed. */
    static SparseMap oldGnu(TarInput input, int at, int maxSegments) throws VarveException {
        byte[] b = input.buffer();
        if (!UstarHeader.isGnu(b, at)) {
            throw new IllegalArgumentException("a sparse file of a format that is not GNU's");
        }
        SparseMap map = new SparseMap(TarNumber.natural(b, at + OLD_GNU_SIZE, 12, "size of a sparse file"),
                maxSegments);
        boolean more = map.addOldGnu(b, at + OLD_GNU_FIRST, OLD_GNU_FIRST_COUNT) && b[at + OLD_GNU_EXTENDED] != 0;
        while (more) {
            int block = input.block();
            if (block < 0) {
                throw new IllegalArgumentException("the archive ends within a sparse map");
            }
            more = map.addOldGnu(b, block, OLD_GNU_MORE_COUNT) && b[block + OLD_GNU_MORE_COUNT * OLD_GNU_ENTRY] != 0;
        }
        return map;
    }

    private boolean addOldGnu(byte[] b, int from, int entries) {
        for (int at = from; at < from + entries * OLD_GNU_ENTRY; at += OLD_GNU_ENTRY) {
            if (b[at] == 0) {
                return false;
            }
            add(TarNumber.natural(b, at, 12, "sparse offset"), TarNumber.natural(b, at + 12, 12, "sparse length"));
        }
        return true;
    }

    /** The map that the records themselves hold: versions 0.0 and 0.1. */
    static SparseMap ofRecords(PaxRecords pax, int maxSegments) {
        SparseMap map = new SparseMap(fileSize(pax), maxSegments);
        int numbers = pax.sparseNumbers.size();
        if (pax.sparseCount == PaxRecords.ABSENT || pax.sparseCount != numbers / 2 || (numbers & 1) != 0) {
            throw new IllegalArgumentException("a sparse map of another length than stated");
        }
        for (int i = 0; i < numbers; i += 2) {
            map.add(pax.sparseNumbers.get(i), pax.sparseNumbers.get(i + 1));
        }
        return map;
    }

    /**
     * The map of version 1.0: decimal numbers, one a line, in blocks before the content, which are consumed.
     *
     * @param storedSize of map and content
     * @param maxBytes   of the map
     */
    static SparseMap ofContent(TarInput input, PaxRecords pax, long storedSize, int maxSegments, long maxBytes)
            throws VarveException {
        SparseMap map = new SparseMap(fileSize(pax), maxSegments);
        Lines lines = new Lines(input, Math.min(storedSize, maxBytes));
        long segments = lines.next();
        if (segments > maxSegments) {
            throw tooMany(maxSegments);
        }
        for (long i = 0; i < segments; i++) {
            long offset = lines.next();
            map.add(offset, lines.next());
        }
        map.mapSize = lines.consumed;
        return map;
    }

    private static long fileSize(PaxRecords pax) {
        if (pax.sparseSize == PaxRecords.ABSENT) {
            throw new IllegalArgumentException("a sparse file without its size");
        }
        return pax.sparseSize;
    }

    private static IllegalArgumentException tooMany(int maxSegments) {
        return new IllegalArgumentException("more than " + maxSegments + " segments in a sparse file");
    }

    private void add(long offset, long length) {
        if (offset < end || offset > fileSize || length > fileSize - offset) {
            throw new IllegalArgumentException("sparse segments that overlap or lie outside the file");
        }
        if (++stated > maxSegments) {
            throw tooMany(maxSegments);
        }
        end = offset + length;
        dataSize += length;
        if (length == 0) {
            return;
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        offsets[count] = offset;
        lengths[count++] = length;
    }

    /** Refuses a map that does not account for all that is stored, a map in the content included. */
    void requireStored(long storedSize) {
        if (storedSize - mapSize != dataSize) {
            throw new IllegalArgumentException("a sparse map that contradicts the size of the content");
        }
    }

    /** Of the file, holes included. */
    long fileSize() {
        return fileSize;
    }

    /** Of the segments together. */
    long dataSize() {
        return dataSize;
    }

    /** Segments that are not empty. */
    int count() {
        return count;
    }

    long offset(int i) {
        return offsets[i];
    }

    long length(int i) {
        return lengths[i];
    }

    /** Numbers from lines that go on from block to block. */
    private static final class Lines {
        private static final int MAX_DIGITS = 20;
        private final TarInput input;
        private final long maxBytes;
        private final byte[] digits = new byte[MAX_DIGITS];
        private int at;
        private int left;
        private long consumed;

        Lines(TarInput input, long maxBytes) {
            this.input = input;
            this.maxBytes = maxBytes;
        }

        long next() throws VarveException {
            int n = 0;
            while (true) {
                if (left == 0) {
                    consumed += UstarHeader.BLOCK;
                    at = consumed > maxBytes ? -1 : input.block();
                    if (at < 0) {
                        throw new IllegalArgumentException("a sparse map that ends early or is too long");
                    }
                    left = UstarHeader.BLOCK;
                }
                byte b = input.buffer()[at++];
                left--;
                if (b == '\n') {
                    return PaxRecords.decimal(digits, 0, n, "sparse map");
                }
                if (n == MAX_DIGITS) {
                    throw new IllegalArgumentException("the sparse map holds no numbers");
                }
                digits[n++] = b;
            }
        }
    }
}
