package dev.varve.domain.error;

/** This host, file system or driver cannot do what was asked; the message says which feature and why. */
public final class UnsupportedException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public UnsupportedException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public UnsupportedException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
