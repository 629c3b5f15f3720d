package dev.varve.ports.in;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;

/**
 * A hold on the root file system of a layer: while it lasts, the path is there. Holds on one layer are counted, across
 * processes and restarts; the last one that goes unmounts.
 */
public interface Lease extends AutoCloseable {
    LayerId layer();

    /** The root file system. */
    Path path();

    /** READ_ONLY for a layer that does not change any more; a plain directory cannot enforce it. */
    Access access();

    /** Lets the hold last beyond this object and this process, until {@link LayerStore#release} is called. */
    void detach() throws VarveException;

    /**
     * Gives the hold back. A second call does nothing. If the file system is busy, the hold is kept and a further call
     * tries again.
     *
     * @throws dev.varve.domain.error.LayerInUseException if a process still uses the file system
     */
    @Override
    void close() throws VarveException;
}
