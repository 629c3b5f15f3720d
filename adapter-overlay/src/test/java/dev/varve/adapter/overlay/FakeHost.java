package dev.varve.adapter.overlay;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;
import dev.varve.ports.syscall.Mounts;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.fake.MemorySyscalls;

/** The host of {@link MemorySyscalls}, with another kernel, another user or another file system. */
record FakeHost(MemorySyscalls memory, HostFacts host, FileSystemFacts fileSystem) implements Syscalls {
    static final Path HOME = Path.of("/store/overlay");
    static final long EXT4 = 0xef53;
    static final long OVERLAY = 0x794c7630;

    static FakeHost kernel(int major, int minor) throws VarveException {
        MemorySyscalls memory = MemorySyscalls.create();
        memory.makeDirectories(HOME);
        HostFacts host = new HostFacts(0, 0, MountRight.GRANTED, true, true, true, major, minor,
                major + "." + minor + ".0", "boot", 1, 4096, 022);
        return new FakeHost(memory, host, new FileSystemFacts(EXT4, 1 << 30, 1 << 30, false));
    }

    FakeHost inUserNamespace() {
        return with(MountRight.GRANTED, false);
    }

    FakeHost without(MountRight right) {
        return with(right, host.initialUserNamespace());
    }

    private FakeHost with(MountRight right, boolean initial) {
        boolean mayMount = right == MountRight.GRANTED;
        return new FakeHost(memory,
                new HostFacts(host.uid(), host.gid(), right, mayMount, mayMount && initial, initial, host.kernelMajor(),
                        host.kernelMinor(), host.kernelRelease(), host.bootId(), host.pid(), host.pageSize(),
                        host.umask()),
                fileSystem);
    }

    FakeHost on(long magic, boolean readOnly) {
        return new FakeHost(memory, host, new FileSystemFacts(magic, 1 << 30, 1 << 30, readOnly));
    }

    DriverContext context(Map<String, String> options) {
        return new DriverContext(HOME, this, options);
    }

    @Override
    public Directory directory(Path path) throws VarveException {
        return seen(memory.directory(path));
    }

    /** The directory, and those beneath it, as this user on this kernel and file system sees them. */
    private Directory seen(Directory real) {
        return (Directory) Proxy.newProxyInstance(Directory.class.getClassLoader(), new Class<?>[]{Directory.class},
                new Seen(this, real));
    }

    private record Seen(FakeHost host, Directory real) implements InvocationHandler {
        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
            Object[] arguments = given == null ? new Object[0] : given.clone();
            String name = method.getName();
            if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            if (name.equals("fileSystem")) {
                return host.fileSystem;
            }
            if (host.fileSystem.readOnly() && name.equals("makeDirectory")) {
                throw new SyscallFailedException(name, Errno.EROFS);
            }
            if (name.equals("setXattr") && !host.host.initialUserNamespace()
                    && arguments[0].toString().startsWith("trusted.")
                    || name.equals("makeNode") && !host.mayMakeZeroDevice()) {
                throw new SyscallFailedException(name, Errno.EPERM);
            }
            for (int i = 0; i < arguments.length; i++) {
                if (Proxy.isProxyClass(arguments[i].getClass())
                        && Proxy.getInvocationHandler(arguments[i]) instanceof Seen other) {
                    arguments[i] = other.real;
                }
            }
            try {
                Object result = method.invoke(real, arguments);
                return result instanceof Directory inner ? host.seen(inner) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    /** As Linux has it: allowed in user namespaces since 5.8, and never on overlayfs. */
    private boolean mayMakeZeroDevice() {
        return fileSystem.magic() != OVERLAY && (host.initialUserNamespace() || host.kernelAtLeast(5, 8));
    }

    @Override
    public Mounts mounts() {
        return memory.mounts();
    }
}
