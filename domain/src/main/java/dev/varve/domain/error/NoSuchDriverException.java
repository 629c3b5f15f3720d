package dev.varve.domain.error;

/** No driver of that name is on the module path. */
public final class NoSuchDriverException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public NoSuchDriverException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public NoSuchDriverException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
