package dev.varve.ports.driver;

import dev.varve.domain.error.VarveException;

/** Found through {@link java.util.ServiceLoader}; stateless and cheap to make. */
public interface LayerDriverProvider {
    /** The name that users choose the driver by: lower-case letters, digits and dashes. */
    String name();

    /**
     * Finds out whether the driver can work in the home that the context names. May make and remove files and mounts
     * below it, and leaves none.
     *
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
