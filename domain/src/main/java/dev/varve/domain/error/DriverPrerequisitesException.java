package dev.varve.domain.error;

/** Something that can be had is missing for the driver: a privilege, a kernel module, a tool. Nothing was changed. */
public final class DriverPrerequisitesException extends UnsupportedException {
    private static final long serialVersionUID = 1L;

    public DriverPrerequisitesException(String driver, String reason) {
        this(driver, reason, "provide it, or use another driver: `varve driver ls` shows which work here");
    }

    /** @param hint how to provide it */
    public DriverPrerequisitesException(String driver, String reason, String hint) {
        super("prerequisites of the " + driver + " driver are not met: " + reason, hint);
    }
}
