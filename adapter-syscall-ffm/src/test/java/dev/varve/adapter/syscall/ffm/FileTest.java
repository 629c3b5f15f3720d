package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.FileContract;

/** Files of the real kernel, and how their failures read. */
class FileTest extends FileContract {
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
    void refusedOwnerPrintsTheCallThePathAndTheIds() throws VarveException {
        assumeFalse(host().host().mayChown(), "root is refused nothing");
        write(home, A, "a");
        try (Inode file = home.inode(A)) {
            assertThat(requireErrno(Errno.EPERM, () -> file.setOwner(0, 0)))
                    .hasMessageStartingWith("fchownat(\"" + path + "/a\", 0, 0)");
        }
    }

    @Test
    void refusedXattrPrintsTheCallThePathAndTheName() throws VarveException {
        write(home, A, "a");
        try (OpenFile file = home.write(A)) {
            assertThat(requireErrno(Errno.EOPNOTSUPP, () -> file.setXattr("nonsense.a", new byte[3])))
                    .hasMessageStartingWith("setxattr(\"" + path + "/a\", \"nonsense.a\", 3 bytes)");
        }
    }
}
