package dev.varve.domain.mount;

/** Attributes of a mount (mount(2), mount_setattr(2)). */
public enum MountFlag {
    READ_ONLY("ro"), NO_DEVICES("nodev"), NO_SETUID("nosuid"), NO_EXEC("noexec"), NO_ACCESS_TIME("noatime");

    private final String option;

    MountFlag(String option) {
        this.option = option;
    }

    /** As mount(8) takes it, and as the mount table shows it. */
    public String option() {
        return option;
    }
}
