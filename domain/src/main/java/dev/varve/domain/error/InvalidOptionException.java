package dev.varve.domain.error;

/** A driver has no option of this name, or the option cannot have this value. Nothing was changed. */
public final class InvalidOptionException extends UnsupportedException {
    private static final long serialVersionUID = 1L;

    /** @param message which option, and what is wrong with it; @param hint what it could be, or "" */
    public InvalidOptionException(String message, String hint) {
        super(message, hint);
    }
}
