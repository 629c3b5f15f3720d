package dev.varve.adapter.syscall.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;

/**
 * The memory of one system call, or of a few that belong together, and the way to make them. One shape of handle,
 * syscall(2), serves all calls: binding a second shape would cost each start of the JVM some milliseconds. The error
 * number is captured into memory of this frame alone, because memory shared by threads was seen to give wrong numbers.
 * Frames of one thread lie on one another in memory that the thread keeps, and end in the reverse order: allocating for
 * each call took as long as a short call itself.
 */
final class Frame implements AutoCloseable {
    private static final MethodHandle SYSCALL = bind();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final int SCRATCH = 1 << 14;
    private static final ThreadLocal<Scratch> SCRATCHES = ThreadLocal.withInitial(Scratch::new);

    /** What a thread keeps; given back when the thread is gone. */
    private static final class Scratch {
        private final MemorySegment memory = Arena.ofAuto().allocate(SCRATCH, 16);
        private long used;
    }

    private final Scratch scratch = SCRATCHES.get();
    private final long begin = scratch.used;
    private @Nullable Arena large;
    private final MemorySegment state = memory(STATE.byteSize());

    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return linker.downcallHandle(linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1));
    }

    /** The result of the call, or the error number, negated. */
    long call(Sysno call, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(state, (long) call.number(), a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
    }

    long call(Sysno call, long a, long b, long c, long d) {
        return call(call, a, b, c, d, 0, 0);
    }

    long call(Sysno call, long a, long b, long c) {
        return call(call, a, b, c, 0, 0, 0);
    }

    long call(Sysno call, long a, long b) {
        return call(call, a, b, 0, 0, 0, 0);
    }

    long call(Sysno call, long a) {
        return call(call, a, 0, 0, 0, 0, 0);
    }

    /** Zeroed memory, until this frame is closed. */
    MemorySegment memory(long bytes) {
        return bytes <= SCRATCH - scratch.used ? reserve(bytes).fill((byte) 0) : large().allocate(bytes, 8);
    }

    /** Memory that holds anything, until this frame is closed. */
    MemorySegment buffer(long bytes) {
        return bytes <= SCRATCH - scratch.used ? reserve(bytes) : large().allocate(bytes, 8);
    }

    private MemorySegment reserve(long bytes) {
        MemorySegment part = scratch.memory.asSlice(scratch.used, bytes);
        scratch.used = Math.min(SCRATCH, scratch.used + (bytes + 15 & ~15L));
        return part;
    }

    private Arena large() {
        Arena arena = large;
        if (arena == null) {
            arena = Arena.ofConfined();
            large = arena;
        }
        return arena;
    }

    /** The address of the bytes with a NUL behind them. */
    long text(byte[] bytes) {
        MemorySegment copy = buffer(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        copy.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return copy.address();
    }

    /** The same for text whose characters are bytes. */
    long text(String latin1) {
        return text(latin1.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** Whether the result says that the call failed for this reason. */
    static boolean is(long result, Errno errno) {
        return result == -errno.number();
    }

    /** The failure that a negative result stands for. */
    static SyscallFailedException failure(Sysno call, String arguments, long result) {
        return new SyscallFailedException(call.manual() + "(" + arguments + ")", new Errno((int) -result));
    }

    @Override
    public void close() {
        scratch.used = begin;
        if (large != null) {
            large.close();
        }
    }
}
