package dev.varve.adapter.syscall.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;

/**
 * The memory of one system call, or of a few that belong together, and the way to make them. One shape of handle,
 * syscall(2), serves all calls: binding a second shape would cost each start of the JVM some milliseconds. The error
 * number is captured into memory of this thread alone, because memory shared by threads was seen to give wrong numbers.
 * Frames of one thread lie on one another in memory that the thread keeps, and end in the reverse order: allocating for
 * each call took as long as a short call itself.
 */
final class Frame implements AutoCloseable {
    /** The most that one call reads or writes of a file's content. */
    static final int TRANSFER = 1 << 17;
    private static final MethodHandle SYSCALL = bind();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final int ERRNO = offsetOf("errno");
    private static final int SCRATCH = 1 << 14;
    private static final ThreadLocal<Scratch> SCRATCHES = ThreadLocal.withInitial(Scratch::new);

    /** What a thread keeps; given back when the thread is gone. */
    private static final class Scratch {
        private final Memory memory = Memory.allocate(SCRATCH);
        private final Memory error = Memory.allocate((int) STATE.byteSize());
        private final MemorySegment state = error.segment();
        private @Nullable Memory transfer;
        private int used;
    }

    private final Scratch scratch = SCRATCHES.get();
    private final int begin = scratch.used;
    private @Nullable Arena large;

    @SuppressWarnings("restricted")
    private static MethodHandle bind() {
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return linker.downcallHandle(linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1));
    }

    /** By hand: a layout's own way to a member spins classes, which takes milliseconds at each start. */
    private static int offsetOf(String member) {
        long offset = 0;
        for (MemoryLayout at : STATE.memberLayouts()) {
            if (at.name().equals(Optional.of(member))) {
                return (int) offset;
            }
            offset += at.byteSize();
        }
        throw new IllegalStateException("no " + member + " in " + STATE);
    }

    /** The result of the call, or the error number, negated. */
    long call(Sysno call, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(scratch.state, (long) call.number(), a, b, c, d, e, f);
            return result == -1 ? -scratch.error.getInt(ERRNO) : result;
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
    Memory memory(int bytes) {
        Memory memory = buffer(bytes);
        memory.clear(bytes);
        return memory;
    }

    /** Memory that holds anything, until this frame is closed. */
    Memory buffer(int bytes) {
        int at = scratch.used;
        if (bytes <= SCRATCH - at) {
            scratch.used = Math.min(SCRATCH, at + (bytes + 15 & ~15));
            return scratch.memory.part(at, bytes);
        }
        return Memory.of(large().allocate(bytes, 8));
    }

    /** Memory for a file's content, {@link #TRANSFER} bytes: the same for all frames of the thread. */
    Memory transfer() {
        Memory memory = scratch.transfer;
        if (memory == null) {
            memory = Memory.allocate(TRANSFER);
            scratch.transfer = memory;
        }
        return memory;
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
        Memory copy = buffer(bytes.length + 1);
        copy.putText(bytes);
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
