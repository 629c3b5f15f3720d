package dev.varve.testkit.fake;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The content of a file, in blocks of 4096 bytes; what is not there is a hole. A copy shares the blocks, which are
 * replaced and never changed.
 */
final class MemoryContent {
    static final int BLOCK = 4096;
    private final NavigableMap<Long, byte[]> blocks = new TreeMap<>();
    private long size;

    MemoryContent copy() {
        MemoryContent copy = new MemoryContent();
        copy.blocks.putAll(blocks);
        copy.size = size;
        return copy;
    }

    /** Whether both consist of the same blocks, and of one at least. */
    @SuppressWarnings("ReferenceEquality") // shared is what this asks, equal content is not
    boolean sharesBlocksWith(MemoryContent other) {
        return size == other.size && !blocks.isEmpty() && blocks.size() == other.blocks.size()
                && blocks.entrySet().stream().allMatch(b -> other.blocks.get(b.getKey()) == b.getValue());
    }

    long size() {
        return size;
    }

    /** In units of 512 bytes. */
    long allocated() {
        return (long) blocks.size() * (BLOCK / 512);
    }

    int read(long offset, byte[] buffer, int from, int length) {
        int n = (int) Math.max(0, Math.min(length, size - offset));
        int done = 0;
        while (done < n) {
            long at = offset + done;
            int within = (int) (at % BLOCK);
            int part = Math.min(n - done, BLOCK - within);
            byte[] block = blocks.get(at / BLOCK);
            if (block == null) {
                Arrays.fill(buffer, from + done, from + done + part, (byte) 0);
            } else {
                System.arraycopy(block, within, buffer, from + done, part);
            }
            done += part;
        }
        return n;
    }

    void write(long offset, byte[] buffer, int from, int length) {
        int done = 0;
        while (done < length) {
            long at = offset + done;
            int within = (int) (at % BLOCK);
            int part = Math.min(length - done, BLOCK - within);
            byte[] old = blocks.get(at / BLOCK);
            byte[] block = old == null ? new byte[BLOCK] : old.clone();
            System.arraycopy(buffer, from + done, block, within, part);
            blocks.put(at / BLOCK, block);
            done += part;
        }
        if (length > 0) {
            size = Math.max(size, offset + length);
        }
    }

    void setSize(long newSize) {
        if (newSize < size) {
            blocks.tailMap((newSize + BLOCK - 1) / BLOCK, true).clear();
            int within = (int) (newSize % BLOCK);
            byte[] last = blocks.get(newSize / BLOCK);
            if (within > 0 && last != null) {
                byte[] cut = new byte[BLOCK];
                System.arraycopy(last, 0, cut, 0, within);
                blocks.put(newSize / BLOCK, cut);
            }
        }
        size = newSize;
    }

    long nextData(long offset) {
        Map.Entry<Long, byte[]> block = blocks.ceilingEntry(offset / BLOCK);
        return block == null ? size : Math.min(size, Math.max(offset, block.getKey() * BLOCK));
    }

    long nextHole(long offset) {
        long block = offset / BLOCK;
        while (blocks.containsKey(block)) {
            block++;
        }
        return Math.min(size, Math.max(offset, block * BLOCK));
    }
}
