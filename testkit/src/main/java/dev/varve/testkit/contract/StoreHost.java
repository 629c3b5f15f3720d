package dev.varve.testkit.contract;

import java.io.IOException;
import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Syscalls;

/** A host on which a contract suite makes stores with the driver under test: a real one, or one in memory. */
public interface StoreHost {
    /** What the suite reads and writes files with. */
    Syscalls syscalls() throws VarveException;

    /** A fresh directory on the file system to test on. */
    Path freshDirectory() throws IOException;

    /** Deletes the directory and all in it. */
    void delete(Path directory) throws IOException;

    /** Opens the store in this directory with the driver under test, as a process of its own would. */
    StoreUnderTest open(Path root) throws VarveException;
}
