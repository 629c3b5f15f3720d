package dev.varve.domain.error;

/** An archive, image or record is malformed, truncated or over a limit. */
public final class BadDataException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public BadDataException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public BadDataException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
