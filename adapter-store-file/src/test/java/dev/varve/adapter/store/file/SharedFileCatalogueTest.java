package dev.varve.adapter.store.file;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.store.Catalogue;
import dev.varve.testkit.contract.SharedCatalogueContract;
import dev.varve.testkit.fake.MemorySyscalls;

class SharedFileCatalogueTest extends SharedCatalogueContract {
    private static final Path HOME = Path.of("/var/lib/varve");
    private final MemorySyscalls host = MemorySyscalls.create();

    @Override
    protected Catalogue open(String driver) throws VarveException {
        host.makeDirectories(HOME);
        return new FileCatalogueProvider().open(HOME, host.anotherProcess(), driver);
    }
}
