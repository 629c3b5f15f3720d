package dev.varve.domain.error;

/** The drivers on the module path cannot be used as they are: two have one name, or one cannot be loaded. */
public final class DriverSetupException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** @param message what, on what and why; @param hint what to do, or "" */
    public DriverSetupException(String message, String hint) {
        super(message, hint);
    }

    /** As the other constructor, with the failure that was behind it. */
    public DriverSetupException(String message, String hint, Throwable cause) {
        super(message, hint, cause);
    }
}
