package dev.varve.app.image;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;

/** Keeps layers as they are while they are read. */
@FunctionalInterface
public interface QuietLayers {
    /**
     * Holds a layer that nobody has mounted for writing, so that nobody does until the hold is closed.
     *
     * @throws dev.varve.domain.error.LayerInUseException  if it is mounted for writing
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer
     */
    Hold hold(LayerId id) throws VarveException;

    /** Until it is closed, the layer cannot be written to. */
    interface Hold extends AutoCloseable {
        @Override
        void close() throws VarveException;
    }
}
