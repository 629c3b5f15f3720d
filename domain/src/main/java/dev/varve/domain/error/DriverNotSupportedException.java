package dev.varve.domain.error;

/** The kernel or the platform does not have what the driver needs. Nothing was changed. */
public final class DriverNotSupportedException extends UnsupportedException {
    private static final long serialVersionUID = 1L;

    public DriverNotSupportedException(String driver, String reason) {
        super("the " + driver + " driver is not supported here: " + reason,
                "`varve driver ls` shows which drivers are");
    }
}
