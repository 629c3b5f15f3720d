package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import dev.varve.adapter.archive.tar.TarArchives;
import dev.varve.adapter.store.file.FileCatalogueProvider;
import dev.varve.app.DriverReason;
import dev.varve.app.service.Store;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.StoreHost;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.fake.MemorySyscalls;

/** A host in memory: the services, a driver, the catalogue and the archives are the real ones, the kernel is not. */
final class MemoryHost implements StoreHost {
    private final LayerDriverProvider provider;
    private final MemorySyscalls kernel;

    MemoryHost(LayerDriverProvider provider) {
        this(provider, MemorySyscalls.create());
    }

    MemoryHost(LayerDriverProvider provider, MemorySyscalls kernel) {
        this.provider = provider;
        this.kernel = kernel;
    }

    @Override
    public Syscalls syscalls() {
        return kernel;
    }

    @Override
    public Path freshDirectory() throws VarveException {
        Path directory = Path.of("/stores/it");
        kernel.makeDirectories(directory);
        return directory;
    }

    @Override
    public void delete(Path directory) throws IOException {
        // goes with the memory
    }

    @Override
    public StoreUnderTest open(Path root) throws VarveException {
        return open(root, kernel.anotherProcess());
    }

    /** Opens the store in that process. */
    StoreUnderTest open(Path root, MemorySyscalls process) throws VarveException {
        Path home = root.resolve(provider.name());
        kernel.makeDirectories(home);
        Catalogue catalogue = new FileCatalogueProvider().open(root, process, provider.name());
        try {
            Store store = Store.open(root, home, process, catalogue,
                    provider.open(new DriverContext(home, process, Map.of())), new TarArchives(), DriverReason.NAMED,
                    Optional.empty());
            return new StoreUnderTest() {
                @Override
                public LayerStore layers() {
                    return store.layers();
                }

                @Override
                public void close() throws VarveException {
                    store.close();
                }
            };
        } catch (VarveException e) {
            catalogue.close();
            throw e;
        }
    }
}
