package dev.varve.domain.error;

/** The layer or the store exists but is of a kind, or in a state, that the operation does not take. */
public final class WrongStateException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public WrongStateException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public WrongStateException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
