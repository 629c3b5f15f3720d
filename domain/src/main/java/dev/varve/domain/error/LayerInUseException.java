package dev.varve.domain.error;

import dev.varve.domain.layer.LayerId;

/** The layer is mounted, leased, being read, or the parent of another; nothing was changed. */
public final class LayerInUseException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param by who uses it, as the end of the sentence "layer X is in use by …" */
    public LayerInUseException(LayerId id, String by, String hint) {
        super("layer " + id + " is in use by " + by, hint);
    }
}
