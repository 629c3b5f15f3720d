package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.DirectoryContract;

/** Directories of the real kernel: how their failures read, what an ordinary user can open, and what the JDK sees of them. */
class DirectoryTest extends DirectoryContract {
    @TempDir
    Path path;

    @Override
    protected Syscalls open() throws VarveException {
        return new FfmSyscallProvider().open();
    }

    @Override
    protected Path path() {
        return path;
    }

    @Test
    void findTellsWhatTheJdkTells() throws VarveException, IOException {
        write(home, A, "12345");
        FileStat stat = home.find(A).orElseThrow();
        assertThat(stat.uid()).isEqualTo(((Number) Files.getAttribute(path.resolve("a"), "unix:uid")).longValue());
        assertThat(stat.inode()).isEqualTo(((Number) Files.getAttribute(path.resolve("a"), "unix:ino")).longValue());
        assertThat(stat.modified()).isEqualTo(Files.getLastModifiedTime(path.resolve("a")).toInstant());
    }

    @Test
    void hostPathsAreFollowedAndRefusedWithTheirName() throws VarveException, IOException {
        Path link = Files.createSymbolicLink(path.resolve("link"), path);
        try (Directory followed = host().directory(link)) {
            assertThat(followed.stat().sameInode(home.stat())).isTrue();
        }
        write(home, A, "a");
        requireErrno(Errno.ENOTDIR, () -> host().directory(path.resolve("a")));
        assertThat(requireErrno(Errno.ENOENT, () -> host().directory(path.resolve("gone\nline"))))
                .hasMessage("openat(\"" + path + "/gone\\x0aline\"): ENOENT (no such file or directory)");
    }

    @Test
    void fileSystemIsTheOneThatTheJdkSees() throws VarveException, IOException {
        FileSystemFacts facts = home.fileSystem();
        assertThat(facts.total()).isEqualTo(Files.getFileStore(path).getTotalSpace());
        assertThat(facts.available()).isBetween(1L, facts.total());
        assertThat(facts.readOnly()).isFalse();
        try (Directory proc = host().directory(Path.of("/proc"))) {
            assertThat(proc.fileSystem().magic()).isEqualTo(0x9fa0);
        }
    }

    @Test
    void ownFilesAreOpenedAlthoughTheirModeForbidsIt() throws VarveException, IOException {
        assumeFalse(host().host().uid() == 0, "root is refused nothing");
        write(home, A, "secret");
        home.makeDirectory(B, 0700);
        write2(home, B);
        Files.setPosixFilePermissions(path.resolve("a"), PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(path.resolve("b"), PosixFilePermissions.fromString("---------"));
        assertThat(read(home, A)).isEqualTo("secret");
        try (Directory b = home.open(B)) {
            assertThat(b.list()).containsExactly(A);
        }
        assertThat(home.find(A).orElseThrow().mode()).as("the mode is put back").isZero();
        assertThat(home.find(B).orElseThrow().mode()).as("the mode is put back").isZero();
        requireErrno(Errno.EACCES, () -> home.write(A));
        home.makeSymlink(C, bytes("a"));
        requireErrno(Errno.ELOOP, () -> home.read(C));
        try (Inode b = home.inode(B)) {
            b.setMode(0700);
        }
    }

    @Test
    void aClosedDirectoryStaysOpenForAsLongAsAnyHandleIsOnIt() throws VarveException, IOException {
        assumeFalse(host().host().uid() == 0, "root is refused nothing");
        home.makeDirectory(B, 0700);
        write2(home, B);
        Files.setPosixFilePermissions(path.resolve("b"), PosixFilePermissions.fromString("---------"));
        try (Directory first = home.open(B)) {
            try (Directory second = home.open(B)) {
                assertThat(second.stat().mode()).isZero();
                assertThat(home.find(B).orElseThrow().mode()).as("as others of this process see it").isZero();
            }
            assertThat(first.find(A)).as("the other one is closed").isPresent();
            assertThat(read(first, A)).isEqualTo("a");
            try (Inode other = home.inode(B)) {
                other.setMode(0070);
                assertThat(other.stat().mode()).isEqualTo(0070);
            }
            assertThat(first.find(A)).as("the mode was set elsewhere").isPresent();
        }
        assertThat(home.find(B).orElseThrow().mode()).isEqualTo(0070);
        assertThat(Files.getPosixFilePermissions(path.resolve("b")))
                .isEqualTo(PosixFilePermissions.fromString("---rwx---"));
        try (Directory alone = home.open(B)) {
            alone.setMode(0700);
            assertThat(Files.getPosixFilePermissions(path.resolve("b")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(home.find(B).orElseThrow().mode()).isEqualTo(0700);
    }

    private static void write2(Directory parent, EntryName name) throws VarveException {
        try (Directory directory = parent.open(name)) {
            write(directory, A, "a");
        }
    }

    @Test
    void filesOfOthersStayClosed() throws VarveException {
        assumeFalse(host().host().uid() == 0, "root is refused nothing");
        try (Directory etc = host().directory(Path.of("/etc"))) {
            assertThat(requireErrno(Errno.EACCES, () -> etc.read(EntryName.of("shadow"))))
                    .hasMessage("openat(\"/etc/shadow\"): EACCES (permission denied)");
        }
    }

    @Test
    void failuresPrintTheCallAndThePath() throws VarveException {
        write(home, A, "a");
        assertThat(requireErrno(Errno.ENOENT, () -> home.rename(B, home, C, true)))
                .hasMessageStartingWith("renameat2(\"" + path + "/b\", \"" + path + "/c\")");
        EntryName odd = EntryName.of(new byte[]{(byte) 0xff, '\n', (byte) 0xc3, 1});
        home.makeDirectory(odd, 0700);
        try (Directory directory = home.open(odd)) {
            assertThat(requireErrno(Errno.ENOENT, () -> directory.read(A)))
                    .hasMessageContaining("/\\xff\\x0a\\xc3\\x01/a");
        }
        Directory closed = home.open(odd);
        closed.close();
        assertThatIllegalStateException().isThrownBy(closed::list).withMessageContaining(path + "/");
        assertThat(requireErrno(Errno.EEXIST, () -> home.makeDirectory(A, 0700)))
                .hasMessage("mkdirat(\"" + path + "/a\"): EEXIST (file exists)");
        assertThat(requireErrno(Errno.ENOENT, () -> home.remove(B)))
                .hasMessage("unlinkat(\"" + path + "/b\"): ENOENT (no such file or directory)");
        assertThat(requireErrno(Errno.ENOENT, () -> home.resolve(EntryPath.of("x/y"))))
                .hasMessage("openat2(\"" + path + "/x/y\"): ENOENT (no such file or directory)");
    }

    @Test
    void eachThreadGetsTheNumberOfItsOwnCall() throws VarveException, InterruptedException {
        write(home, A, "a");
        home.makeDirectory(B, 0700);
        AtomicInteger right = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            int kind = t % 3;
            threads[t] = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    if (fails(kind)) {
                        right.incrementAndGet();
                    }
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(right).hasValue(8 * 20_000);
    }

    private boolean fails(int kind) {
        try {
            switch (kind) {
                case 0 -> home.read(C).close();
                case 1 -> home.open(A).close();
                default -> home.makeDirectory(B, 0700);
            }
            return false;
        } catch (SyscallFailedException e) {
            return e.errno().equals(kind == 0 ? Errno.ENOENT : kind == 1 ? Errno.ENOTDIR : Errno.EEXIST);
        } catch (VarveException e) {
            return false;
        }
    }
}
