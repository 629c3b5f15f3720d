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
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.idmap.IdRange;

/**
 * User namespaces as the kernel wants them for a mapping of ids (mount_setattr(2), MOUNT_ATTR_IDMAP): by a descriptor,
 * with nobody inside. A namespace begins with a process of its own, and a process of many threads cannot part with its
 * own one (unshare(2)). So a child is made that runs no Java: it sleeps in the C library, until it has served its
 * purpose; should this process be killed, it ends by itself. The more memory this process has, the longer that takes (a
 * tenth of a second for 2 GiB), so the last few namespaces are kept.
 */
final class UserNamespace {
    private static final int CLONE_NEWUSER = 0x10000000;
    /** Open files are shared, so that none is kept open by the child. */
    private static final int CLONE_FILES = 0x400;
    /** Waits for a child that tells nobody of its end. */
    private static final int WCLONE = 0x80000000;
    private static final int O_WRONLY = 1;
    private static final int SIGKILL = 9;
    private static final int SECONDS_TO_LIVE = 10;
    private static final long STACK = 1 << 16;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final int KEPT = 16;
    /** The descriptors of those that are kept, by what they map, the one that was used last at the end. */
    private static final LinkedHashMap<IdMapping, Integer> OPEN = new LinkedHashMap<>(KEPT, 0.75f, true);

    private UserNamespace() {}

    interface Use {
        int with(int namespace) throws SyscallFailedException;
    }

    /** Does something with the descriptor of one that maps ids so; it is not to be kept. */
    static int use(IdMapping ids, Use use) throws SyscallFailedException {
        synchronized (OPEN) {
            Integer namespace = OPEN.get(ids);
            if (namespace == null) {
                namespace = open(ids);
                OPEN.put(ids, namespace);
                if (OPEN.size() > KEPT) {
                    FdInode.closeFd(OPEN.pollFirstEntry().getValue());
                }
            }
            return use.with(namespace);
        }
    }

    private static int open(IdMapping ids) throws SyscallFailedException {
        int child = sleeper();
        try (Frame f = new Frame()) {
            Path proc = Path.of("/proc", Integer.toString(child));
            write(proc.resolve("uid_map"), ids.users());
            write(proc.resolve("gid_map"), ids.groups());
            return open(f, proc.resolve("ns/user"), 0);
        } finally {
            end(child);
        }
    }

    /** All of them at once: the kernel takes a mapping by one write only. */
    private static void write(Path file, List<IdRange> ranges) throws SyscallFailedException {
        String lines = ranges.stream()
                .map(r -> r.container() + " " + r.host() + " " + r.size() + "\n")
                .collect(Collectors.joining());
        try (Frame f = new Frame()) {
            int fd = open(f, file, O_WRONLY);
            long written = f.call(Sysno.WRITE, fd, f.text(lines), lines.length());
            FdInode.closeFd(fd);
            if (written < 0) {
                throw Frame.failure(Sysno.WRITE, "\"" + file + "\", \"" + lines.replace("\n", "\\n") + '"', written);
            }
        }
    }

    private static int open(Frame f, Path file, int flags) throws SyscallFailedException {
        long fd = f.call(Sysno.OPENAT, FdDirectory.AT_FDCWD, f.text(file.toString()), flags | FdDirectory.O_CLOEXEC, 0);
        if (fd < 0) {
            throw Frame.failure(Sysno.OPENAT, "\"" + file + "\"", fd);
        }
        return (int) fd;
    }

    /** clone(2) by the C library's function, which never returns in the child, unlike the system call. */
    @SuppressWarnings("restricted")
    private static int sleeper() throws SyscallFailedException {
        Linker linker = Linker.nativeLinker();
        MethodHandle clone = linker.downcallHandle(linker.defaultLookup().find("clone").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(4));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment stack = arena.allocate(STACK, 16); // the child has a copy of it, as of all memory
            int child = (int) clone.invokeExact(state, linker.defaultLookup().find("sleep").orElseThrow(),
                    stack.asSlice(STACK), CLONE_NEWUSER | CLONE_FILES, (long) SECONDS_TO_LIVE);
            if (child < 0) {
                throw new SyscallFailedException("clone(CLONE_NEWUSER)", new Errno((int) ERRNO.get(state, 0L)));
            }
            return child;
        } catch (SyscallFailedException e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError("a downcall throws nothing", t);
        }
    }

    private static void end(int child) {
        try (Frame f = new Frame()) {
            f.call(Sysno.KILL, child, SIGKILL);
            while (Frame.is(f.call(Sysno.WAIT4, child, 0, WCLONE, 0), Errno.EINTR)) {
                // it is dead, so the wait is short
            }
        }
    }
}
