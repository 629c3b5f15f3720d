package dev.varve.domain.error;

import dev.varve.domain.layer.LayerId;

/** The id is taken; the layer that has it was not changed. */
public final class LayerExistsException extends VarveException {
    private static final long serialVersionUID = 1L;

    public LayerExistsException(LayerId id) {
        super("layer exists already: " + id, "choose another id, or remove that layer first");
    }
}
