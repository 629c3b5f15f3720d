/** The ports of Varve: what drives it ({@code in}) and what it drives. Interfaces and their values, no logic. */
@org.jspecify.annotations.NullMarked
module dev.varve.ports {
    requires static org.jspecify;
    requires transitive dev.varve.domain;

    exports dev.varve.ports.archive;
    exports dev.varve.ports.driver;
    exports dev.varve.ports.in;
    exports dev.varve.ports.store;
    exports dev.varve.ports.syscall;
}
