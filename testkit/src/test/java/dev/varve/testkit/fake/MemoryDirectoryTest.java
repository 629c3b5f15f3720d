package dev.varve.testkit.fake;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.DirectoryContract;

/** The fake does what the kernel does. */
class MemoryDirectoryTest extends DirectoryContract {
    @Override
    protected Syscalls open() throws VarveException {
        MemorySyscalls host = MemorySyscalls.create();
        host.makeDirectories(path());
        return host;
    }

    @Override
    protected Path path() {
        return Path.of("/home");
    }
}
