package dev.varve.domain.error;

/** A name in an archive would have reached outside the layer, or stands for something that no layer may hold. */
public final class UnsafePathException extends VarveException {
    private static final long serialVersionUID = 1L;

    public UnsafePathException(String message) {
        super(message, "do not trust this archive: well-made layers hold no such entry");
    }
}
