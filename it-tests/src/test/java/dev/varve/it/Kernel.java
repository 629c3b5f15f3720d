package dev.varve.it;

import java.nio.file.Path;

import dev.varve.adapter.syscall.ffm.FfmSyscallProvider;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.tree.TreeListing;

/** The kernel that the tests run on. */
final class Kernel {
    private Kernel() {}

    static Syscalls syscalls() throws VarveException {
        return new FfmSyscallProvider().open();
    }

    static TreeListing listing(Path root) throws VarveException {
        try (Directory directory = syscalls().directory(root)) {
            return TreeListing.of(directory);
        }
    }
}
