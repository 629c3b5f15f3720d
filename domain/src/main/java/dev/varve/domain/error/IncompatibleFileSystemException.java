package dev.varve.domain.error;

/** The driver does not work on the file system that the store is on. Nothing was changed. */
public final class IncompatibleFileSystemException extends UnsupportedException {
    private static final long serialVersionUID = 1L;

    public IncompatibleFileSystemException(String driver, String reason) {
        super("the " + driver + " driver cannot use the file system of the store: " + reason,
                "put the store on another file system (--store), or use another driver (`varve driver ls`)");
    }
}
