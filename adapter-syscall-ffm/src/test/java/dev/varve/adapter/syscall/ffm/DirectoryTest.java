package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.OpenFile;

class DirectoryTest extends KernelFixture {
    private static final Errno ENAMETOOLONG = new Errno(36);

    @Test
    void createIsExclusiveAndUnderTheUmask() throws VarveException {
        home.create(A, 0666).close();
        assertThat(home.find(A).orElseThrow().mode()).isEqualTo(0666 & ~kernel.host().umask());
        assertThat(home.find(A).orElseThrow().type()).isEqualTo(FileType.REGULAR);
        requireErrno(Errno.EEXIST, () -> home.create(A, 0666));
        home.makeSymlink(B, bytes("nowhere"));
        requireErrno(Errno.EEXIST, () -> home.create(B, 0666));
        requireErrno(ENAMETOOLONG, () -> home.create(EntryName.of("x".repeat(256)), 0666));
    }

    @Test
    void createdFileIsOpenForBoth() throws VarveException {
        try (OpenFile file = home.create(A, 0600)) {
            file.write(0, bytes("both"), 0, 4);
            assertThat(file.read(0, new byte[9], 0, 9)).isEqualTo(4);
        }
        try (OpenFile file = home.write(A)) {
            assertThat(file.read(0, new byte[9], 0, 9)).isEqualTo(4);
            file.write(1, bytes("OT"), 0, 2);
        }
        assertThat(read(home, A)).isEqualTo("bOTh");
        try (OpenFile file = home.read(A)) {
            requireErrno(new Errno(9), () -> file.write(0, bytes("x"), 0, 1));
        }
        requireErrno(Errno.ENOENT, () -> home.write(B));
    }

    @Test
    void findTellsWhatTheEntryItselfIs() throws VarveException, IOException {
        write(home, A, "12345");
        FileStat stat = home.find(A).orElseThrow();
        assertThat(stat.size()).isEqualTo(5);
        assertThat(stat.links()).isEqualTo(1);
        assertThat(stat.uid()).isEqualTo(((Number) Files.getAttribute(path.resolve("a"), "unix:uid")).longValue());
        assertThat(stat.inode()).isEqualTo(((Number) Files.getAttribute(path.resolve("a"), "unix:ino")).longValue());
        assertThat(stat.modified()).isEqualTo(Files.getLastModifiedTime(path.resolve("a")).toInstant());
        home.makeSymlink(B, bytes("a"));
        assertThat(home.find(B).orElseThrow().type()).isEqualTo(FileType.SYMLINK);
        assertThat(home.find(C)).isEmpty();
        assertThat(home.stat().sameInode(home.find(A).orElseThrow())).isFalse();
        assertThat(home.stat().isDirectory()).isTrue();
    }

    @Test
    void listHasEveryEntryOnceAndCanBeRepeated() throws VarveException {
        assertThat(home.list()).isEmpty();
        Set<EntryName> made = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            EntryName name = EntryName.of("entry-" + i + "-" + "x".repeat(i % 50));
            home.create(name, 0600).close();
            made.add(name);
        }
        assertThat(home.list()).hasSize(10_000);
        assertThat(new HashSet<>(home.list())).isEqualTo(made);
    }

    @Test
    void namesAreBytes() throws VarveException {
        EntryName odd = EntryName.of(new byte[]{(byte) 0xff, '\n', (byte) 0xc3, 1});
        EntryName dots = EntryName.of("...");
        home.makeDirectory(odd, 0700);
        home.makeDirectory(dots, 0700);
        assertThat(home.list()).containsExactlyInAnyOrder(odd, dots);
        try (Directory directory = home.open(odd)) {
            assertThat(requireErrno(Errno.ENOENT, () -> directory.read(A)))
                    .hasMessageContaining("/\\xff\\x0a\\xc3\\x01/a");
        }
    }

    @Test
    void renameReplacesOnlyWhereItIsTold() throws VarveException {
        write(home, A, "a");
        write(home, B, "b");
        requireErrno(Errno.EEXIST, () -> home.rename(A, home, B, false));
        assertThat(read(home, B)).isEqualTo("b");
        home.rename(A, home, B, true);
        assertThat(home.list()).containsExactly(B);
        assertThat(read(home, B)).isEqualTo("a");
        home.makeDirectory(C, 0755);
        try (Directory c = home.open(C)) {
            home.rename(B, c, A, false);
            assertThat(read(c, A)).isEqualTo("a");
            requireErrno(Errno.EINVAL, () -> home.rename(C, c, C, true));
        }
        assertThat(requireErrno(Errno.ENOENT, () -> home.rename(A, home, B, true)))
                .hasMessageStartingWith("renameat2(\"" + path + "/a\", \"" + path + "/b\")");
    }

    @Test
    void linkIsOneMoreNameOfTheSameFile() throws VarveException {
        write(home, A, "a");
        home.makeDirectory(C, 0755);
        try (Directory c = home.open(C)) {
            c.link(home, A, B);
            assertThat(c.find(B).orElseThrow().sameInode(home.find(A).orElseThrow())).isTrue();
            assertThat(c.find(B).orElseThrow().links()).isEqualTo(2);
            requireErrno(Errno.EEXIST, () -> c.link(home, A, B));
            requireErrno(Errno.EPERM, () -> c.link(home, C, A));
        }
        home.makeSymlink(B, bytes("a"));
        EntryName linked = EntryName.of("linked");
        home.link(home, B, linked);
        assertThat(home.find(linked).orElseThrow().type()).as("the symbolic link itself").isEqualTo(FileType.SYMLINK);
    }

    @Test
    void lastComponentIsNeverFollowed() throws VarveException {
        home.makeDirectory(A, 0755);
        home.makeSymlink(B, bytes("a"));
        requireErrno(Errno.ENOTDIR, () -> home.open(B));
        requireErrno(Errno.ELOOP, () -> home.read(B));
        requireErrno(Errno.ELOOP, () -> home.write(B));
        requireErrno(Errno.ENOTDIR, () -> home.removeDirectory(B));
        assertThat(home.readLink(B)).isEqualTo(bytes("a"));
        requireErrno(Errno.EINVAL, () -> home.readLink(A));
        try (Inode link = home.inode(B)) {
            assertThat(link.stat().type()).isEqualTo(FileType.SYMLINK);
        }
    }

    @Test
    void longestTargetOfALinkIsReadWhole() throws VarveException {
        byte[] target = bytes("t".repeat(4095));
        home.makeSymlink(A, target);
        assertThat(home.readLink(A)).isEqualTo(target);
    }

    @Test
    void removalKnowsFilesFromDirectories() throws VarveException {
        write(home, A, "a");
        home.makeDirectory(B, 0755);
        requireErrno(Errno.EISDIR, () -> home.remove(B));
        requireErrno(Errno.ENOTDIR, () -> home.removeDirectory(A));
        requireErrno(Errno.ENOENT, () -> home.remove(C));
        try (Directory b = home.open(B)) {
            write(b, A, "a");
            requireErrno(Errno.ENOTEMPTY, () -> home.removeDirectory(B));
            b.remove(A);
        }
        home.removeDirectory(B);
        home.remove(A);
        assertThat(home.list()).isEmpty();
    }

    @Test
    void nodesAreMade() throws VarveException {
        home.makeNode(A, FileType.FIFO, 0600, 0, 0);
        home.makeNode(B, FileType.SOCKET, 0600, 0, 0);
        assertThat(home.find(A).orElseThrow().type()).isEqualTo(FileType.FIFO);
        assertThat(home.find(B).orElseThrow().type()).isEqualTo(FileType.SOCKET);
        if (kernel.host().mayMakeDevices()) {
            home.makeNode(C, FileType.CHARACTER_DEVICE, 0600, 0xabc, 0x12345);
            assertThat(home.find(C).orElseThrow().rdevMajor()).isEqualTo(0xabc);
            assertThat(home.find(C).orElseThrow().rdevMinor()).isEqualTo(0x12345);
        }
    }

    @Test
    void resolveStaysInTheRootWhereverLinksPoint() throws VarveException, IOException {
        Path outside = Files.createDirectories(path.resolve("outside"));
        Files.createDirectories(path.resolve("root/outside/deep"));
        Files.createDirectories(path.resolve("root/" + path + "/outside"));
        Files.createSymbolicLink(path.resolve("root/absolute"), outside);
        Files.createSymbolicLink(path.resolve("root/climbing"), Path.of("../../outside/deep"));
        Files.createSymbolicLink(path.resolve("root/loop"), Path.of("loop"));
        Files.createSymbolicLink(path.resolve("root/nowhere"), Path.of("/gone"));
        try (Directory root = home.open(EntryName.of("root"))) {
            requireSame(root, "absolute", path.resolve("root/" + path + "/outside"));
            requireSame(root, "climbing", path.resolve("root/outside/deep"));
            requireSame(root, "outside/deep", path.resolve("root/outside/deep"));
            requireSame(root, "", path.resolve("root"));
            requireErrno(Errno.ELOOP, () -> root.resolve(EntryPath.of("loop")));
            requireErrno(Errno.ENOENT, () -> root.resolve(EntryPath.of("nowhere")));
            root.create(A, 0600).close();
            requireErrno(Errno.ENOTDIR, () -> root.resolve(EntryPath.of("a")));
        }
    }

    private void requireSame(Directory root, String name, Path expected) throws VarveException {
        try (Directory resolved = root.resolve(EntryPath.of(name)); Directory real = kernel.directory(expected)) {
            assertThat(resolved.stat().sameInode(real.stat())).as(name).isTrue();
        }
    }

    @Test
    void hostPathsAreFollowedAndRefusedWithTheirName() throws VarveException, IOException {
        Path link = Files.createSymbolicLink(path.resolve("link"), path);
        try (Directory followed = kernel.directory(link)) {
            assertThat(followed.stat().sameInode(home.stat())).isTrue();
        }
        write(home, A, "a");
        requireErrno(Errno.ENOTDIR, () -> kernel.directory(path.resolve("a")));
        assertThat(requireErrno(Errno.ENOENT, () -> kernel.directory(path.resolve("gone\nline"))))
                .hasMessage("openat(\"" + path + "/gone\\x0aline\"): ENOENT (no such file or directory)");
    }

    @Test
    void lockKeepsOtherHandlesOut() throws VarveException {
        try (Directory other = kernel.directory(path)) {
            assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
            assertThat(other.tryLock(LockMode.EXCLUSIVE)).isFalse();
            assertThat(other.tryLock(LockMode.SHARED)).isFalse();
            assertThat(home.tryLock(LockMode.SHARED)).isTrue();
            assertThat(other.tryLock(LockMode.SHARED)).isTrue();
            assertThat(home.tryLock(LockMode.NONE)).isTrue();
            assertThat(other.tryLock(LockMode.EXCLUSIVE)).isTrue();
        }
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).as("a lock ends with its handle").isTrue();
    }

    @Test
    void syncsSucceed() throws VarveException {
        home.sync();
        home.syncFileSystem();
    }

    @Test
    void fileSystemIsTheOneThatTheJdkSees() throws VarveException, IOException {
        FileSystemFacts facts = home.fileSystem();
        assertThat(facts.total()).isEqualTo(Files.getFileStore(path).getTotalSpace());
        assertThat(facts.available()).isBetween(1L, facts.total());
        assertThat(facts.readOnly()).isFalse();
        try (Directory proc = kernel.directory(Path.of("/proc"))) {
            assertThat(proc.fileSystem().magic()).isEqualTo(0x9fa0);
        }
    }

    @Test
    void closedHandleIsTheCallersError() throws VarveException {
        write(home, A, "a");
        home.makeDirectory(B, 0700);
        Directory b = home.open(B);
        Inode inode = home.inode(A);
        OpenFile file = home.read(A);
        b.close();
        inode.close();
        file.close();
        b.close();
        file.close();
        assertThatIllegalStateException().isThrownBy(b::list).withMessageContaining(path + "/b");
        assertThatIllegalStateException().isThrownBy(() -> b.find(A));
        assertThatIllegalStateException().isThrownBy(() -> b.create(A, 0600));
        assertThatIllegalStateException().isThrownBy(() -> b.xattrs(A));
        assertThatIllegalStateException().isThrownBy(() -> home.rename(A, b, A, true));
        assertThatIllegalStateException().isThrownBy(() -> b.link(home, A, A));
        assertThatIllegalStateException().isThrownBy(inode::stat);
        assertThatIllegalStateException().isThrownBy(() -> inode.setMode(0600));
        assertThatIllegalStateException().isThrownBy(() -> file.read(0, new byte[1], 0, 1));
        assertThatIllegalStateException().isThrownBy(() -> file.nextHole(0));
        assertThat(read(home, A)).isEqualTo("a");
    }

    @Test
    void ownFilesAreOpenedAlthoughTheirModeForbidsIt() throws VarveException, IOException {
        assumeFalse(kernel.host().uid() == 0, "root is refused nothing");
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

    private static void write2(Directory parent, EntryName name) throws VarveException {
        try (Directory directory = parent.open(name)) {
            write(directory, A, "a");
        }
    }

    @Test
    void filesOfOthersStayClosed() throws VarveException {
        assumeFalse(kernel.host().uid() == 0, "root is refused nothing");
        try (Directory etc = kernel.directory(Path.of("/etc"))) {
            assertThat(requireErrno(Errno.EACCES, () -> etc.read(EntryName.of("shadow"))))
                    .hasMessage("openat(\"/etc/shadow\"): EACCES (permission denied)");
        }
    }

    @Test
    void failuresPrintTheCallAndThePath() throws VarveException {
        write(home, A, "a");
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
