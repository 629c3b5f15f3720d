package dev.varve.app.image;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;

/** Removes layers in two steps: the first may be one with other changes of the catalogue, the second takes long. */
@FunctionalInterface
public interface LayerRemoval {
    /**
     * Removes a layer, but for its files, which are put out of the way. May be called under the catalogue's lock.
     *
     * @return what is left to be done
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer
     * @throws dev.varve.domain.error.LayerInUseException  if it is held, being read, or a parent
     */
    Deletion retire(LayerId id) throws VarveException;

    /** Deletes the files of a layer that is gone. What is left of them is deleted when the store is opened next. */
    @FunctionalInterface
    interface Deletion {
        /** Not to be called under the catalogue's lock: it takes as long as there are files. */
        void run() throws VarveException;
    }
}
