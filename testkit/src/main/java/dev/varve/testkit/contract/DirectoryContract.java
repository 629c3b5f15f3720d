package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.OpenFile;

/** What every {@link Directory} does: names, links, renames, removals, resolution, locks. */
public abstract class DirectoryContract extends SyscallsContract {
    private static final Errno EBADF = new Errno(9);
    private static final Errno ENAMETOOLONG = new Errno(36);

    /** For the subclasses, one an implementation. */
    protected DirectoryContract() {}

    @Test
    void createIsExclusiveAndUnderTheUmask() throws VarveException {
        home.create(A, 0666).close();
        assertThat(home.find(A).orElseThrow().mode()).isEqualTo(0666 & ~host().host().umask());
        assertThat(home.find(A).orElseThrow().type()).isEqualTo(FileType.REGULAR);
        requireErrno(Errno.EEXIST, () -> home.create(A, 0666));
        requireErrno(Errno.EEXIST, () -> home.makeDirectory(A, 0777));
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
            requireErrno(EBADF, () -> file.write(0, bytes("x"), 0, 1));
        }
        requireErrno(Errno.ENOENT, () -> home.write(B));
        requireErrno(Errno.ENOENT, () -> home.read(B));
    }

    @Test
    void findTellsWhatTheEntryItselfIs() throws VarveException {
        write(home, A, "12345");
        FileStat stat = home.find(A).orElseThrow();
        assertThat(stat.size()).isEqualTo(5);
        assertThat(stat.links()).isEqualTo(1);
        assertThat(stat.uid()).isEqualTo(host().host().uid());
        home.makeSymlink(B, bytes("a"));
        assertThat(home.find(B).orElseThrow().type()).isEqualTo(FileType.SYMLINK);
        assertThat(home.find(C)).isEmpty();
        assertThat(home.stat().sameInode(stat)).isFalse();
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
        home.open(odd).close();
    }

    @Test
    void renameReplacesOnlyWhereItMay() throws VarveException {
        write(home, A, "a");
        write(home, B, "b");
        requireErrno(Errno.EEXIST, () -> home.rename(A, home, B, false));
        assertThat(read(home, B)).isEqualTo("b");
        home.rename(A, home, B, true);
        assertThat(home.list()).containsExactly(B);
        assertThat(read(home, B)).isEqualTo("a");
        home.makeDirectory(A, 0755);
        requireErrno(Errno.EISDIR, () -> home.rename(B, home, A, true));
        requireErrno(Errno.ENOTDIR, () -> home.rename(A, home, B, true));
        home.makeDirectory(C, 0755);
        try (Directory c = home.open(C)) {
            write(c, B, "in c");
            requireErrno(Errno.ENOTEMPTY, () -> home.rename(A, home, C, true));
            home.rename(A, c, A, false);
            requireErrno(Errno.EINVAL, () -> home.rename(C, c, C, true));
            try (Directory a = c.open(A)) {
                requireErrno(Errno.EINVAL, () -> home.rename(C, a, C, true));
            }
        }
        requireErrno(Errno.ENOENT, () -> home.rename(A, home, B, true));
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
            home.rename(A, c, B, true);
            assertThat(home.find(A)).as("two names of one file are left alone").isPresent();
            try (OpenFile file = home.read(A)) {
                home.remove(A);
                c.remove(B);
                assertThat(file.stat().links()).isZero();
                assertThat(file.read(0, new byte[9], 0, 9)).as("an open file stays").isEqualTo(1);
            }
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
        requireErrno(Errno.EINVAL, () -> home.readLink(A));
        assertThat(home.readLink(B)).isEqualTo(bytes("a"));
        try (Inode link = home.inode(B)) {
            assertThat(link.stat().type()).isEqualTo(FileType.SYMLINK);
        }
    }

    @Test
    void onlyRegularFilesAreOpened() throws VarveException {
        home.makeDirectory(A, 0755);
        home.makeNode(B, FileType.FIFO, 0600, 0, 0);
        home.makeNode(C, FileType.SOCKET, 0600, 0, 0);
        requireErrno(Errno.EISDIR, () -> home.read(A));
        requireErrno(Errno.EISDIR, () -> home.write(A));
        for (EntryName name : List.of(B, C)) {
            requireErrno(Errno.ENXIO, () -> home.read(name));
            requireErrno(Errno.ENXIO, () -> home.write(name));
        }
        if (host().host().mayMakeDevices()) {
            EntryName device = EntryName.of("null");
            home.makeNode(device, FileType.CHARACTER_DEVICE, 0600, 1, 3);
            requireErrno(Errno.ENXIO, () -> home.read(device));
            requireErrno(Errno.ENXIO, () -> home.write(device));
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
            home.removeDirectory(B);
            requireErrno(Errno.ENOENT, () -> b.create(A, 0666));
        }
        home.remove(A);
        assertThat(home.list()).isEmpty();
    }

    @Test
    void nodesAreMade() throws VarveException {
        home.makeNode(A, FileType.FIFO, 0600, 1, 2);
        home.makeNode(B, FileType.SOCKET, 0600, 0, 0);
        assertThat(home.find(A).orElseThrow().type()).isEqualTo(FileType.FIFO);
        assertThat(home.find(A).orElseThrow().rdevMajor()).isZero();
        assertThat(home.find(B).orElseThrow().type()).isEqualTo(FileType.SOCKET);
        if (host().host().mayMakeDevices()) {
            home.makeNode(C, FileType.CHARACTER_DEVICE, 0600, 0xabc, 0x12345);
            assertThat(home.find(C).orElseThrow().rdevMajor()).isEqualTo(0xabc);
            assertThat(home.find(C).orElseThrow().rdevMinor()).isEqualTo(0x12345);
        }
    }

    @Test
    void resolveStaysInTheRootWhereverLinksPoint() throws VarveException {
        home.makeDirectory(EntryName.of("outside"), 0755);
        home.makeDirectory(A, 0755);
        try (Directory root = home.open(A)) {
            root.makeDirectory(B, 0755);
            try (Directory b = root.open(B)) {
                b.makeDirectory(C, 0755);
                b.makeSymlink(A, bytes("../../../../b/c"));
            }
            root.makeSymlink(C, bytes("/b/a"));
            root.makeSymlink(EntryName.of("loop"), bytes("loop"));
            root.makeSymlink(EntryName.of("out"), bytes(path() + "/outside"));
            write(root, EntryName.of("file"), "");
            for (String same : new String[]{"b/c", "b/a", "c"}) {
                try (Directory found = root.resolve(EntryPath.of(same));
                        Directory b = root.open(B);
                        Directory direct = b.open(C)) {
                    assertThat(found.stat().sameInode(direct.stat())).as(same).isTrue();
                }
            }
            try (Directory found = root.resolve(EntryPath.ROOT)) {
                assertThat(found.stat().sameInode(root.stat())).isTrue();
            }
            requireErrno(Errno.ELOOP, () -> root.resolve(EntryPath.of("loop")));
            requireErrno(Errno.ENOENT, () -> root.resolve(EntryPath.of("out")));
            requireErrno(Errno.ENOENT, () -> root.resolve(EntryPath.of("gone/further")));
            requireErrno(Errno.ENOTDIR, () -> root.resolve(EntryPath.of("file")));
        }
    }

    @Test
    void lockKeepsOtherHandlesOutAndEndsWithItsOwn() throws VarveException {
        try (Directory other = host().directory(path())) {
            assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
            assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
            assertThat(other.tryLock(LockMode.EXCLUSIVE)).isFalse();
            assertThat(other.tryLock(LockMode.SHARED)).isFalse();
            assertThat(home.tryLock(LockMode.SHARED)).isTrue();
            assertThat(other.tryLock(LockMode.SHARED)).isTrue();
            assertThat(home.tryLock(LockMode.EXCLUSIVE)).isFalse();
            assertThat(home.tryLock(LockMode.NONE)).isTrue();
            assertThat(other.tryLock(LockMode.EXCLUSIVE)).isTrue();
        }
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
    }

    @Test
    void aDirectoryIsOpenedWithItsLockOrNotAtAll() throws VarveException {
        home.makeDirectory(A, 0700);
        try (Directory first = home.openLocked(A, LockMode.SHARED).orElseThrow();
                Directory second = home.openLocked(A, LockMode.SHARED).orElseThrow()) {
            assertThat(first.stat().sameInode(second.stat())).isTrue();
            assertThat(home.openLocked(A, LockMode.EXCLUSIVE)).isEmpty();
        }
        Optional<Directory> alone = home.openLocked(A, LockMode.EXCLUSIVE);
        assertThat(alone).isPresent();
        alone.get().close();
        assertThat(home.openLocked(B, LockMode.EXCLUSIVE)).isEmpty();
    }

    @Test
    void syncsSucceed() throws VarveException {
        home.sync();
        home.syncFileSystem();
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
        assertThatIllegalStateException().isThrownBy(b::list);
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
}
