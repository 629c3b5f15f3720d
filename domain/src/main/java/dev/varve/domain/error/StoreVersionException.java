package dev.varve.domain.error;

/** The directory is a store of another version of Varve, or no store at all. Nothing in it was changed. */
public final class StoreVersionException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public StoreVersionException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public StoreVersionException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
