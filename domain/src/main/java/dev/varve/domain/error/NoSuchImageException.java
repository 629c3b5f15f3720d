package dev.varve.domain.error;

/** No image has the name or digest that was asked for. */
public final class NoSuchImageException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public NoSuchImageException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public NoSuchImageException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
