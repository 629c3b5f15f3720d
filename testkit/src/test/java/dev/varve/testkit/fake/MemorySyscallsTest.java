package dev.varve.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Mounts.UnmountMode;
import dev.varve.ports.syscall.OpenFile;

/** What the fake must have in common with a Linux file system. */
class MemorySyscallsTest {
    private static final EntryName A = EntryName.of("a");
    private static final EntryName B = EntryName.of("b");
    private static final EntryName C = EntryName.of("c");
    private static final Path HOME = Path.of("/home");
    private final MemorySyscalls host = MemorySyscalls.create();
    private Directory home;

    @BeforeEach
    void openHome() throws VarveException {
        host.makeDirectories(HOME);
        home = host.directory(HOME);
    }

    @Test
    void createIsExclusiveAndUnderTheUmask() throws VarveException {
        home.create(A, 0666).close();
        assertThat(home.find(A).orElseThrow().mode()).isEqualTo(0644);
        assertThat(home.find(B)).isEmpty();
        requireErrno(Errno.EEXIST, () -> home.create(A, 0666));
        requireErrno(Errno.EEXIST, () -> home.makeDirectory(A, 0777));
        requireErrno(Errno.ENOENT, () -> home.read(B));
        requireErrno(new Errno(36), () -> home.create(EntryName.of("x".repeat(256)), 0666));
    }

    @Test
    void renameReplacesOnlyWhereItMay() throws VarveException {
        write(home, A, "a");
        write(home, B, "b");
        requireErrno(Errno.EEXIST, () -> home.rename(A, home, B, false));
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
            home.rename(A, c, A, true);
            requireErrno(Errno.EINVAL, () -> home.rename(C, c, C, true));
            try (Directory a = c.open(A)) {
                requireErrno(Errno.EINVAL, () -> home.rename(C, a, C, true));
            }
        }
        requireErrno(Errno.ENOENT, () -> home.rename(A, home, B, true));
    }

    @Test
    void linksAreCounted() throws VarveException {
        write(home, A, "a");
        home.link(home, A, B);
        assertThat(home.find(A).orElseThrow().links()).isEqualTo(2);
        assertThat(home.find(A).orElseThrow().sameInode(home.find(B).orElseThrow())).isTrue();
        requireErrno(Errno.EEXIST, () -> home.link(home, A, B));
        home.rename(A, home, B, true);
        assertThat(home.list()).as("two names of one file are left alone").containsExactly(A, B);
        try (OpenFile file = home.read(A)) {
            home.remove(A);
            home.remove(B);
            assertThat(file.stat().links()).isZero();
            assertThat(file.read(0, new byte[9], 0, 9)).as("an open file stays").isEqualTo(1);
        }
        home.makeDirectory(C, 0755);
        try (Directory c = home.open(C)) {
            assertThat(c.stat().links()).isEqualTo(2);
            c.makeDirectory(A, 0755);
            assertThat(c.stat().links()).isEqualTo(3);
            requireErrno(Errno.EPERM, () -> home.link(c, A, B));
        }
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
    }

    @Test
    void lastComponentIsNeverFollowed() throws VarveException {
        home.makeDirectory(A, 0755);
        home.makeSymlink(B, bytes("a"));
        home.makeNode(C, FileType.FIFO, 0666, 1, 2);
        requireErrno(Errno.ENOTDIR, () -> home.open(B));
        requireErrno(Errno.ELOOP, () -> home.read(B));
        requireErrno(Errno.EISDIR, () -> home.read(A));
        requireErrno(Errno.EINVAL, () -> home.readLink(A));
        assertThat(home.readLink(B)).isEqualTo(bytes("a"));
        assertThat(home.find(B).orElseThrow().type()).isEqualTo(FileType.SYMLINK);
        assertThat(home.find(C).orElseThrow().rdevMajor()).isZero();
    }

    @Test
    void resolveStaysInTheRoot() throws VarveException {
        host.makeDirectories(Path.of("/outside"));
        home.makeDirectory(A, 0755);
        try (Directory a = home.open(A)) {
            a.makeDirectory(B, 0755);
            a.makeSymlink(C, bytes("../../../a/b"));
        }
        home.makeSymlink(B, bytes("/a/c"));
        home.makeSymlink(C, bytes("c"));
        home.makeSymlink(EntryName.of("out"), bytes("/outside"));
        try (Directory found = home.resolve(EntryPath.of("b")); Directory direct = home.resolve(EntryPath.of("a/b"))) {
            assertThat(found.stat().sameInode(direct.stat())).isTrue();
        }
        requireErrno(Errno.ELOOP, () -> home.resolve(EntryPath.of("c")));
        requireErrno(Errno.ENOENT, () -> home.resolve(EntryPath.of("out")));
        try (Directory root = home.resolve(EntryPath.ROOT)) {
            assertThat(root.stat().sameInode(home.stat())).isTrue();
        }
    }

    @Test
    void locksAreOfHandlesAndEndWithThem() throws VarveException {
        Directory other = host.anotherProcess().directory(HOME);
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
        assertThat(other.tryLock(LockMode.SHARED)).isFalse();
        assertThat(home.tryLock(LockMode.SHARED)).isTrue();
        assertThat(other.tryLock(LockMode.SHARED)).isTrue();
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isFalse();
        other.close();
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
        try (Directory fresh = host.afterKill().directory(HOME)) {
            assertThat(fresh.tryLock(LockMode.EXCLUSIVE)).isTrue();
        }
        assertThatThrownBy(() -> host.directory(HOME)).isInstanceOf(ProcessDeath.class);
    }

    @Test
    void filesHaveHoles() throws VarveException {
        try (OpenFile file = home.create(A, 0666)) {
            file.write(10000, bytes("xyz"), 0, 3);
            assertThat(file.stat().size()).isEqualTo(10003);
            assertThat(file.stat().blocks()).isEqualTo(8);
            assertThat(file.nextData(0)).isEqualTo(8192);
            assertThat(file.nextHole(8192)).isEqualTo(10003);
            assertThat(file.nextData(10003)).isEqualTo(10003);
            file.setSize(10001);
            file.setSize(30000);
            byte[] tail = new byte[4];
            assertThat(file.read(9999, tail, 0, 4)).isEqualTo(4);
            assertThat(tail).containsExactly(0, 'x', 0, 0);
            assertThat(file.read(30000, tail, 0, 4)).isZero();
            try (OpenFile copy = home.create(B, 0666); OpenFile clone = home.create(C, 0666)) {
                copy.copyRange(file, 8192, 4096);
                assertThat(copy.stat().size()).isEqualTo(12288);
                assertThat(clone.cloneFrom(file)).isTrue();
                clone.write(0, bytes("q"), 0, 1);
                assertThat(file.nextData(0)).as("a clone is a copy").isEqualTo(8192);
                host.setCloning(false);
                assertThat(clone.cloneFrom(file)).isFalse();
            }
        }
    }

    @Test
    void attributesAreKept() throws VarveException {
        write(home, A, "a");
        home.makeSymlink(B, bytes("a"));
        try (Inode file = home.inode(A); Inode link = home.inode(B)) {
            file.setMode(06755);
            file.setOwner(7, 8);
            assertThat(file.stat().mode()).isEqualTo(0755);
            assertThat(file.stat().gid()).isEqualTo(8);
            file.setXattr("user.x", bytes("v"));
            assertThat(home.xattrs(A).value("user.x")).isEqualTo(bytes("v"));
            file.removeXattr("user.x");
            file.removeXattr("user.x");
            assertThat(file.xattrs().isEmpty()).isTrue();
            requireErrno(Errno.EPERM, () -> link.setXattr("user.x", bytes("v")));
            requireErrno(Errno.EOPNOTSUPP, () -> link.setMode(0644));
            link.setXattr("trusted.x", bytes("v"));
            assertThat(home.xattrs(A).isEmpty()).isTrue();
        }
    }

    @Test
    void powerLossKeepsWhatWasSynced() throws VarveException {
        write(home, A, "never synced, no name");
        try (OpenFile file = home.create(B, 0666)) {
            file.write(0, bytes("old"), 0, 3);
            file.sync();
            home.sync();
            file.write(0, bytes("new"), 0, 3);
            home.rename(B, home, C, true);
        }
        MemorySyscalls rebooted = host.afterPowerLoss();
        try (Directory found = rebooted.directory(HOME)) {
            assertThat(found.list()).as("the name of a was synced, its content was not").containsExactly(A, B);
            assertThat(read(found, A)).isEmpty();
            assertThat(read(found, B)).isEqualTo("old");
        }
        assertThat(rebooted.host().bootId()).isNotEqualTo(host.host().bootId());
        home.syncFileSystem();
        try (Directory found = host.afterPowerLoss().directory(HOME)) {
            assertThat(found.list()).containsExactly(A, C);
            assertThat(read(found, C)).isEqualTo("new");
        }
    }

    @Test
    void powerLossNeverLosesARenamedFile() throws VarveException {
        write(home, A, "new");
        write(home, B, "old");
        home.syncFileSystem();
        home.rename(A, home, B, true);
        for (int seed = 0; seed < 50; seed++) {
            try (Directory found = host.afterPowerLoss(seed).directory(HOME)) {
                assertThat(read(found, B)).isIn("old", "new");
                if (read(found, B).equals("old")) {
                    assertThat(read(found, A)).isEqualTo("new");
                }
            }
        }
    }

    @Test
    void callsFailAsAsked() throws VarveException {
        host.failAt(2, Errno.EIO);
        assertThat(home.list()).isEmpty();
        requireErrno(Errno.EIO, () -> home.create(A, 0666));
        assertThat(home.list()).isEmpty();
        assertThat(host.calls()).isEqualTo(3);
        host.setFull(true);
        requireErrno(Errno.ENOSPC, () -> home.create(A, 0666));
        host.setFull(false);
        host.setReadOnly(true);
        requireErrno(Errno.EROFS, () -> home.create(A, 0666));
        host.setReadOnly(false);
        host.refuse(Set.of("create")::contains, Errno.EACCES);
        requireErrno(Errno.EACCES, () -> home.create(A, 0666));
        host.crashAt(1);
        assertThatThrownBy(() -> home.list()).isInstanceOf(ProcessDeath.class);
        assertThatThrownBy(() -> home.create(A, 0666)).isInstanceOf(ProcessDeath.class);
        home.close();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void mountsShowInTheTable() throws VarveException {
        Path upper = Path.of("/upper");
        MountPlan plan = new MountPlan(HOME,
                List.of(new MountStep.ContextMount("overlay", "varve",
                        List.of(new MountStep.Parameter.Text("lowerdir+", "/lower"),
                                new MountStep.Parameter.Directory("upperdir", upper)),
                        Set.of())),
                new MountProof.Overlay(List.of("/lower"), Optional.of(upper)));
        host.mounts().mount(plan);
        assertThat(host.anotherProcess().mounts().find(HOME).orElseThrow().overlayLowers()).containsExactly("/lower");
        MemoryMounts mounts = host.mounts();
        assertThat(mounts.plans()).containsExactly(plan);
        mounts.setBusy(HOME, true);
        requireErrno(Errno.EBUSY, () -> mounts.unmount(HOME, UnmountMode.STRICT));
        assertThat(mounts.unmount(HOME, UnmountMode.LAZY)).isTrue();
        assertThat(mounts.unmount(HOME, UnmountMode.STRICT)).isFalse();
        assertThat(mounts.table()).isEmpty();
    }

    private static void requireErrno(Errno errno, ThrowingCallable call) {
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(call)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Directory directory, EntryName name, String content) throws VarveException {
        try (OpenFile file = directory.create(name, 0666)) {
            file.write(0, bytes(content), 0, content.length());
        }
    }

    private static String read(Directory directory, EntryName name) throws VarveException {
        try (OpenFile file = directory.read(name)) {
            byte[] content = new byte[100];
            return new String(content, 0, file.read(0, content, 0, content.length), StandardCharsets.UTF_8);
        }
    }
}
