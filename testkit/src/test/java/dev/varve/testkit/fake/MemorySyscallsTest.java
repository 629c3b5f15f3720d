package dev.varve.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Mounts.UnmountMode;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.SyscallsContract;

/** What the fake has besides what each host has: processes that die, power that is lost, calls that fail. */
class MemorySyscallsTest extends SyscallsContract {
    private static final Path HOME = Path.of("/home");
    private final MemorySyscalls host = MemorySyscalls.create();

    @Override
    protected Syscalls open() throws VarveException {
        host.makeDirectories(HOME);
        return host;
    }

    @Override
    protected Path path() {
        return HOME;
    }

    @Test
    void theDirectoriesInADirectoryCountAsItsLinks() throws VarveException {
        home.makeDirectory(C, 0755);
        try (Directory c = home.open(C)) {
            assertThat(c.stat().links()).isEqualTo(2);
            c.makeDirectory(A, 0755);
            assertThat(c.stat().links()).isEqualTo(3);
        }
    }

    @Test
    void locksEndWithTheirProcess() throws VarveException {
        Directory other = host.anotherProcess().directory(HOME);
        assertThat(home.tryLock(LockMode.EXCLUSIVE)).isTrue();
        assertThat(other.tryLock(LockMode.SHARED)).isFalse();
        try (Directory fresh = host.afterKill().directory(HOME)) {
            assertThat(fresh.tryLock(LockMode.EXCLUSIVE)).isTrue();
        }
        assertThatThrownBy(() -> host.directory(HOME)).isInstanceOf(ProcessDeath.class);
    }

    @Test
    void aFileTakesTheBlocksThatWereWritten() throws VarveException {
        try (OpenFile file = home.create(A, 0666); OpenFile clone = home.create(B, 0666)) {
            file.write(10000, bytes("xyz"), 0, 3);
            assertThat(file.stat().blocks()).isEqualTo(8);
            assertThat(file.nextData(0)).isEqualTo(8192);
            assertThat(file.nextHole(8192)).isEqualTo(10003);
            assertThat(clone.cloneFrom(file)).isTrue();
            host.setCloning(false);
            assertThat(clone.cloneFrom(file)).isFalse();
        }
    }

    @Test
    void attributesOfRootAreOfTheFileItself() throws VarveException {
        write(home, A, "a");
        home.makeSymlink(B, bytes("a"));
        try (Inode link = home.inode(B)) {
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

}
