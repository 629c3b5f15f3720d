package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.syscall.Syscalls;

class StatmountTest {
    /** Of the super block, which statmount(2) tells as bits and mountinfo among the options of the file system. */
    private static final Set<String> BITS = Set.of("rw", "ro", "sync", "dirsync", "mand", "lazytime");

    @Test
    void tellsOfAMountWhatMountinfoTells() throws VarveException {
        Syscalls syscalls = new FfmSyscalls();
        Assumptions.assumeTrue(syscalls.host().kernelAtLeast(6, 14), "needs Linux 6.14");
        int compared = 0;
        for (MountInfo expected : syscalls.mounts().table()) {
            Optional<MountInfo> found = find(syscalls, expected);
            if (found.isPresent()) { // else something is mounted over it, or it cannot be reached
                assertThat(withoutBits(found.get())).isEqualTo(withoutBits(expected));
                compared++;
            }
        }
        assertThat(compared).isPositive();
        assertThat(Statmount.find(-1)).isEmpty();
    }

    private static Optional<MountInfo> find(Syscalls syscalls, MountInfo mount) throws VarveException {
        try {
            return syscalls.mounts().find(Path.of(mount.mountPoint())).filter(m -> m.id() == mount.id());
        } catch (SyscallFailedException e) {
            return Optional.empty();
        }
    }

    private static MountInfo withoutBits(MountInfo m) {
        List<String> options = m.superOptions().stream().filter(o -> !BITS.contains(o)).toList();
        return new MountInfo(m.id(), m.parentId(), m.root(), m.mountPoint(), m.mountOptions(), m.type(), m.source(),
                options, m.shared());
    }
}
