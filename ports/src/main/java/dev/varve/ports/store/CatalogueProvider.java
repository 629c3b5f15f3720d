package dev.varve.ports.store;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Syscalls;

/** Found through {@link java.util.ServiceLoader}; stateless and cheap to make. */
public interface CatalogueProvider {
    /** A short name for messages. */
    String name();

    /**
     * Opens the catalogue in {@code home}, an existing directory, or makes one there if it is empty of one. What a crash
     * left of an unfinished change is cleared away.
     *
     * @param driver the name of the driver whose layers these are; it is stamped into a new catalogue and must be the
     *               same in an old one
     * @throws dev.varve.domain.error.StoreVersionException if it is of a version that this adapter does not know;
     *                                                      nothing was changed
     * @throws dev.varve.domain.error.BadDataException      if a record is damaged; the message names its file
     */
    Catalogue open(Path home, Syscalls syscalls, String driver) throws VarveException;
}
