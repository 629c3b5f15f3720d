/**
 * Varve for users: the {@code dev.varve.app} API and the command. Services carry out what the drivers plan, over the
 * ports; adapters are found at run time.
 */
@org.jspecify.annotations.NullMarked
module dev.varve.app {
    requires static org.jspecify;
    requires transitive dev.varve.ports;
    requires info.picocli;
    requires tools.jackson.core;

    exports dev.varve.app;

    uses dev.varve.ports.archive.Archives;
    uses dev.varve.ports.driver.LayerDriverProvider;
    uses dev.varve.ports.store.CatalogueProvider;
    uses dev.varve.ports.syscall.SyscallProvider;
}
