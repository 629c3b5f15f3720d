package dev.varve.adapter.syscall.ffm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A piece of memory outside the heap, which the kernel reads and writes: structures by their offsets, in the byte order of
 * this host. It is a view by a {@link ByteBuffer}: to read a field of a memory segment takes a variable handle, whose code
 * each JVM makes anew, and which is slow until it is compiled.
 */
final class Memory {
    private final ByteBuffer bytes;
    private final int begin;
    private final int size;
    private final long address;

    private Memory(ByteBuffer bytes, int begin, int size, long address) {
        this.bytes = bytes;
        this.begin = Objects.checkFromIndexSize(begin, size, bytes.capacity());
        this.size = size;
        this.address = address;
    }

    /** Zeroed memory that is given back when nobody knows it any more. */
    static Memory allocate(int size) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        return new Memory(bytes, 0, size, MemorySegment.ofBuffer(bytes).address());
    }

    /** The memory of a segment, for as long as that has it. */
    static Memory of(MemorySegment segment) {
        ByteBuffer bytes = segment.asByteBuffer().order(ByteOrder.nativeOrder());
        return new Memory(bytes, 0, bytes.capacity(), segment.address());
    }

    Memory part(int offset, int length) {
        return new Memory(bytes, at(offset, length), length, address + offset);
    }

    MemorySegment segment() {
        return MemorySegment.ofBuffer(bytes).asSlice(begin, size);
    }

    long address() {
        return address;
    }

    private int at(int offset, int length) {
        return begin + Objects.checkFromIndexSize(offset, length, size);
    }

    long getLong(int offset) {
        return bytes.getLong(at(offset, Long.BYTES));
    }

    int getInt(int offset) {
        return bytes.getInt(at(offset, Integer.BYTES));
    }

    /** An unsigned number of 32 bits. */
    long getUnsigned(int offset) {
        return getInt(offset) & 0xffff_ffffL;
    }

    /** An unsigned number of 16 bits. */
    int getShort(int offset) {
        return bytes.getShort(at(offset, Short.BYTES)) & 0xffff;
    }

    void putLong(int offset, long value) {
        bytes.putLong(at(offset, Long.BYTES), value);
    }

    void putInt(int offset, int value) {
        bytes.putInt(at(offset, Integer.BYTES), value);
    }

    /** Copies bytes to the begin of this piece. */
    void put(byte[] source, int from, int length) {
        bytes.put(at(0, length), source, from, length);
    }

    /** Copies this piece's first bytes. */
    void get(byte[] target, int from, int length) {
        bytes.get(at(0, length), target, from, length);
    }

    /** This piece's first bytes. */
    byte[] toArray(int length) {
        byte[] copy = new byte[length];
        get(copy, 0, length);
        return copy;
    }

    /** The bytes from the offset on, without the NUL that ends them. */
    byte[] text(int offset) {
        int end = at(offset, 0);
        while (bytes.get(end) != 0) {
            end++;
        }
        byte[] copy = new byte[end - begin - offset];
        bytes.get(begin + offset, copy);
        return copy;
    }

    /** Writes the bytes and a NUL behind them to the begin of this piece. */
    void putText(byte[] text) {
        put(text, 0, text.length);
        bytes.put(at(text.length, 1), (byte) 0);
    }

    /** Makes zeros of the first bytes. */
    void clear(int length) {
        put(new byte[length], 0, length);
    }
}
