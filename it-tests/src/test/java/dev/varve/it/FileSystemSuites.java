package dev.varve.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Nested;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.ContentContract;
import dev.varve.testkit.contract.LifecycleContract;
import dev.varve.testkit.contract.StoreHost;
import dev.varve.testkit.contract.StoreUnderTest;

/** The contract suites of the drivers, with the stores on one file system. */
abstract class FileSystemSuites {
    private final LoopFileSystem fileSystem;

    FileSystemSuites(LoopFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    final StoreHost host(String driver) {
        return host(KernelHost.of(driver));
    }

    final StoreHost host(KernelHost machine) {
        return new Elsewhere(machine, fileSystem);
    }

    /** This machine, with all directories on that file system. */
    private record Elsewhere(KernelHost machine, LoopFileSystem fileSystem) implements StoreHost {
        @Override
        public Syscalls syscalls() throws VarveException {
            return machine.syscalls();
        }

        @Override
        public Path freshDirectory() throws IOException {
            return Files.createTempDirectory(fileSystem.root(), "it-");
        }

        @Override
        public void delete(Path directory) throws IOException {
            machine.delete(directory);
        }

        @Override
        public StoreUnderTest open(Path root) throws VarveException {
            return machine.open(root);
        }
    }

    @Nested
    class OverlayLifecycle extends LifecycleContract {
        @Override
        protected StoreHost host() {
            return FileSystemSuites.this.host("overlay");
        }
    }

    @Nested
    class OverlayContent extends ContentContract {
        @Override
        protected StoreHost host() {
            return FileSystemSuites.this.host("overlay");
        }

        @Override
        protected int maxParents() {
            return 500;
        }
    }

    @Nested
    class OverlayHardlinkContent extends ContentContract {
        @Override
        protected StoreHost host() {
            return FileSystemSuites.this.host(KernelHost.of("overlay").withOption("overlay.strategy", "hardlink"));
        }

        @Override
        protected int maxParents() {
            return 0; // everything is stacked on one full tree
        }
    }

    @Nested
    class VfsLifecycle extends LifecycleContract {
        @Override
        protected StoreHost host() {
            return FileSystemSuites.this.host("vfs");
        }
    }

    @Nested
    class VfsContent extends ContentContract {
        @Override
        protected StoreHost host() {
            return FileSystemSuites.this.host("vfs");
        }

        @Override
        protected int maxParents() {
            return 0;
        }
    }
}
