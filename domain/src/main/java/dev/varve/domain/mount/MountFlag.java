package dev.varve.domain.mount;

/** Attributes of a mount (mount(2), mount_setattr(2)). */
public enum MountFlag {
    READ_ONLY, NO_DEVICES, NO_SETUID, NO_EXEC
}
