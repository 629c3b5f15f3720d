package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;

/** A directory of the real kernel for each test. */
abstract class KernelFixture {
    static final EntryName A = EntryName.of("a");
    static final EntryName B = EntryName.of("b");
    static final EntryName C = EntryName.of("c");
    @TempDir
    Path path;
    Syscalls kernel;
    Directory home;

    @BeforeEach
    void openHome() throws VarveException {
        kernel = new FfmSyscallProvider().open();
        home = kernel.directory(path);
    }

    @AfterEach
    void closeHome() {
        home.close();
    }

    static void write(Directory directory, EntryName name, String content) throws VarveException {
        try (OpenFile file = directory.create(name, 0644)) {
            file.write(0, bytes(content), 0, content.length());
        }
    }

    static String read(Directory directory, EntryName name) throws VarveException {
        try (OpenFile file = directory.read(name)) {
            byte[] buffer = new byte[100];
            return new String(buffer, 0, file.read(0, buffer, 0, buffer.length), StandardCharsets.US_ASCII);
        }
    }

    static SyscallFailedException requireErrno(Errno errno, ThrowingCallable call) {
        SyscallFailedException failure = catchThrowableOfType(SyscallFailedException.class, call);
        assertThat(failure).as("it should have failed with %s", errno).isNotNull();
        assertThat(failure.errno()).as(failure.getMessage()).isEqualTo(errno);
        return failure;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
