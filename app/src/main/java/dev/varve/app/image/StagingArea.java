package dev.varve.app.image;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Directory;

/** Where an image that cannot be read at random is kept while it is loaded. */
@FunctionalInterface
public interface StagingArea {
    /**
     * Opens a directory of the store for files named {@code spool-<pid>-<random>}. Each loses its name as soon as it is
     * open, so one that is found there was left by a crash within that moment and may be deleted.
     */
    Directory open() throws VarveException;
}
