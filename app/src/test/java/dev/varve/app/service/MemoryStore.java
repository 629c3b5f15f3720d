package dev.varve.app.service;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

import dev.varve.app.DriverReason;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.store.CatalogueProvider;
import dev.varve.testkit.fake.MemorySyscalls;

/** Stores of full trees on a host in memory, with the adapters that are there. */
final class MemoryStore {
    private static final Path HOME = Path.of("/store/vfs");
    static final Archives ARCHIVES = ServiceLoader.load(Archives.class).findFirst().orElseThrow();

    private MemoryStore() {}

    static Store open(MemorySyscalls host, Archives archives) throws VarveException {
        host.makeDirectories(HOME);
        LayerDriverProvider driver = ServiceLoader.load(LayerDriverProvider.class)
                .stream()
                .map(ServiceLoader.Provider::get)
                .filter(d -> d.name().equals("vfs"))
                .findFirst()
                .orElseThrow();
        Catalogue catalogue = ServiceLoader.load(CatalogueProvider.class)
                .findFirst()
                .orElseThrow()
                .open(HOME.getParent(), host, "vfs");
        return Store.open(HOME.getParent(), HOME, host, catalogue, driver.open(new DriverContext(HOME, host, Map.of())),
                archives, DriverReason.NAMED, Optional.empty());
    }
}
