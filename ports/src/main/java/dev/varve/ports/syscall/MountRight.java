package dev.varve.ports.syscall;

/**
 * Whether this process may change the mount table that it has. The capability alone does not tell: it counts in the user
 * namespace that owns the mount namespace (mount_namespaces(7)).
 */
public enum MountRight {
    GRANTED,
    /** CAP_SYS_ADMIN is not in the effective set (capabilities(7)). */
    NO_CAPABILITY,
    /** It is, but the mount namespace belongs to another user namespace, as after {@code unshare -Ur} without {@code -m}. */
    NOT_OWNER,
    /** All is there that the kernel asks for, but the call was refused: by a filter (seccomp) or a security module. */
    REFUSED
}
