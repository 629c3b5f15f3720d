package dev.varve.domain.error;

/**
 * This host, file system or driver cannot do what was asked; the message says which feature and why. The subclasses are
 * what a choice of drivers ends with; a user does something else about each of them.
 */
public sealed class UnsupportedException extends VarveException permits DriverNotSupportedException,
        DriverPrerequisitesException, IncompatibleFileSystemException, NoUsableDriverException, InvalidOptionException {
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
