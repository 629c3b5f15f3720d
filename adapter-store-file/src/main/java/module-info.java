/** The catalogue in files that survive a crash. All its I/O goes through the syscall port. */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.store.file {
    requires dev.varve.ports;
    requires tools.jackson.core;
    requires static org.jspecify;

    provides dev.varve.ports.store.CatalogueProvider with dev.varve.adapter.store.file.FileCatalogueProvider;
}
