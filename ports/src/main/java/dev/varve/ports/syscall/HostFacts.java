package dev.varve.ports.syscall;

/**
 * The host and the process.
 *
 * @param uid                the effective user id
 * @param gid                the effective group id
 * @param mountRight         whether it may mount, and why not
 * @param mayChown           whether CAP_CHOWN is in the effective set (capabilities(7))
 * @param mayMakeDevices     whether CAP_MKNOD is, and the process is in the first user namespace
 * @param initialUserNamespace whether the process is in the first user namespace (user_namespaces(7))
 * @param kernelMajor        of the running kernel
 * @param kernelMinor        of the running kernel
 * @param kernelRelease      as uname(2) gives it
 * @param bootId             of {@code /proc/sys/kernel/random/boot_id}
 * @param pid                of this process
 * @param pageSize           in bytes
 * @param umask              of this process: the permission bits that new files do not get
 */
public record HostFacts(long uid, long gid, MountRight mountRight, boolean mayChown, boolean mayMakeDevices,
        boolean initialUserNamespace, int kernelMajor, int kernelMinor, String kernelRelease, String bootId, long pid,
        int pageSize, int umask) {
    public boolean mayMount() {
        return mountRight == MountRight.GRANTED;
    }

    /** Whether the running kernel is this one or a later one. */
    public boolean kernelAtLeast(int major, int minor) {
        return kernelMajor > major || kernelMajor == major && kernelMinor >= minor;
    }
}
