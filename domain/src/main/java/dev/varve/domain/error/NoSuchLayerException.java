package dev.varve.domain.error;

import dev.varve.domain.layer.LayerId;

/** No layer of the store has this id. */
public final class NoSuchLayerException extends VarveException {
    private static final long serialVersionUID = 1L;

    public NoSuchLayerException(LayerId id) {
        super("no such layer: " + id, "`varve layer ls` lists the layers of this store");
    }
}
