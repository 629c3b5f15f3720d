package dev.varve.adapter.store.file;

import java.nio.file.Path;
import java.time.Duration;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.store.CatalogueProvider;
import dev.varve.ports.syscall.Syscalls;

/** Catalogues in files, in the directory {@code catalogue} of a store. */
public final class FileCatalogueProvider implements CatalogueProvider {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Catalogue open(Path home, Syscalls syscalls, String driver) throws VarveException {
        return CatalogueOpening.open(home, syscalls, driver, PATIENCE);
    }
}
