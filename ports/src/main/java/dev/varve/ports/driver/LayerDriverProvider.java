package dev.varve.ports.driver;

import dev.varve.domain.error.VarveException;

/** Found through {@link java.util.ServiceLoader}; stateless and cheap to make. */
public interface LayerDriverProvider {
    /**
     * The name that users choose the driver by: up to 64 lower-case letters, digits and dashes. No other driver on the
     * module path may have it. It is also the name of the driver's directory in a store.
     */
    String name();

    /**
     * Finds out whether the driver can work on the file system of the directory that the context names, which is empty and
     * not its home, or one in which nothing can be made. May make and remove files and mounts below it, and leaves none.
     *
     * @throws dev.varve.domain.error.InvalidOptionException if it does not know an option, or not with this value
     * @throws dev.varve.domain.error.SyscallFailedException if the probing itself failed for another reason
     */
    Support probe(DriverContext context) throws VarveException;

    /**
     * Opens the driver.
     *
     * @throws dev.varve.domain.error.UnsupportedException where {@link #probe} would say no, with its reason
     */
    LayerDriver open(DriverContext context) throws VarveException;
}
