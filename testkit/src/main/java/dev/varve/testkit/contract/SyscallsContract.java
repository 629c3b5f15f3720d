package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;

/** What the suites about a host's system calls share: an empty directory for each test. */
public abstract class SyscallsContract {
    protected static final EntryName A = EntryName.of("a");
    protected static final EntryName B = EntryName.of("b");
    protected static final EntryName C = EntryName.of("c");
    /** The directory. */
    protected Directory home;
    private Syscalls host;

    /** For the subclasses. */
    protected SyscallsContract() {}

    /** A host, on which {@link #path} is an empty directory. Asked for once each test. */
    protected abstract Syscalls open() throws VarveException;

    /** The path of the directory. */
    protected abstract Path path();

    @BeforeEach
    final void openHome() throws VarveException {
        host = open();
        home = host.directory(path());
    }

    @AfterEach
    final void closeHome() {
        home.close();
    }

    /** What {@link #open} gave. */
    protected final Syscalls host() {
        return host;
    }

    protected static void write(Directory directory, EntryName name, String content) throws VarveException {
        try (OpenFile file = directory.create(name, 0644)) {
            file.write(0, bytes(content), 0, content.length());
        }
    }

    /** At most 100 bytes of it. */
    protected static String read(Directory directory, EntryName name) throws VarveException {
        try (OpenFile file = directory.read(name)) {
            byte[] buffer = new byte[100];
            return new String(buffer, 0, file.read(0, buffer, 0, buffer.length), StandardCharsets.US_ASCII);
        }
    }

    protected static SyscallFailedException requireErrno(Errno errno, ThrowingCallable call) {
        SyscallFailedException failure = catchThrowableOfType(SyscallFailedException.class, call);
        assertThat(failure).as("it should have failed with %s", errno).isNotNull();
        assertThat(failure.errno()).as(failure.getMessage()).isEqualTo(errno);
        return failure;
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
