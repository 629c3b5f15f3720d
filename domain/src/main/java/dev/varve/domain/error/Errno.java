package dev.varve.domain.error;

import java.util.Map;

/**
 * An error number of Linux, with its name and meaning (errno(3)); the numbers are those of {@code asm-generic/errno.h},
 * which x86_64 and aarch64 share.
 */
public record Errno(int number) {
    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno EINTR = new Errno(4);
    public static final Errno EIO = new Errno(5);
    public static final Errno ENXIO = new Errno(6);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno EACCES = new Errno(13);
    public static final Errno EBUSY = new Errno(16);
    public static final Errno EEXIST = new Errno(17);
    public static final Errno EXDEV = new Errno(18);
    public static final Errno ENODEV = new Errno(19);
    public static final Errno ENOTDIR = new Errno(20);
    public static final Errno EISDIR = new Errno(21);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno ENOTTY = new Errno(25);
    public static final Errno ENOSPC = new Errno(28);
    public static final Errno EROFS = new Errno(30);
    public static final Errno EMLINK = new Errno(31);
    public static final Errno ERANGE = new Errno(34);
    public static final Errno ENOSYS = new Errno(38);
    public static final Errno ENOTEMPTY = new Errno(39);
    public static final Errno ELOOP = new Errno(40);
    public static final Errno ENODATA = new Errno(61);
    public static final Errno EOPNOTSUPP = new Errno(95);
    public static final Errno ENOBUFS = new Errno(105);
    public static final Errno ESTALE = new Errno(116);
    public static final Errno EDQUOT = new Errno(122);

    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(1, "EPERM (operation not permitted)"),
            Map.entry(2, "ENOENT (no such file or directory)"), Map.entry(4, "EINTR (interrupted)"),
            Map.entry(5, "EIO (input/output error)"), Map.entry(6, "ENXIO (no such device or address)"),
            Map.entry(7, "E2BIG (argument list too long)"), Map.entry(9, "EBADF (bad file descriptor)"),
            Map.entry(11, "EAGAIN (try again)"), Map.entry(12, "ENOMEM (out of memory)"),
            Map.entry(13, "EACCES (permission denied)"), Map.entry(16, "EBUSY (device or resource busy)"),
            Map.entry(17, "EEXIST (file exists)"), Map.entry(18, "EXDEV (cross-device link)"),
            Map.entry(19, "ENODEV (no such device)"), Map.entry(20, "ENOTDIR (not a directory)"),
            Map.entry(21, "EISDIR (is a directory)"), Map.entry(22, "EINVAL (invalid argument)"),
            Map.entry(23, "ENFILE (too many open files in system)"), Map.entry(24, "EMFILE (too many open files)"),
            Map.entry(25, "ENOTTY (not supported by this file)"), Map.entry(26, "ETXTBSY (text file busy)"),
            Map.entry(27, "EFBIG (file too large)"), Map.entry(28, "ENOSPC (no space left on device)"),
            Map.entry(30, "EROFS (read-only file system)"), Map.entry(31, "EMLINK (too many links)"),
            Map.entry(34, "ERANGE (out of range)"), Map.entry(36, "ENAMETOOLONG (file name too long)"),
            Map.entry(38, "ENOSYS (not implemented by this kernel)"), Map.entry(39, "ENOTEMPTY (directory not empty)"),
            Map.entry(40, "ELOOP (too many symbolic links)"), Map.entry(61, "ENODATA (no such attribute)"),
            Map.entry(75, "EOVERFLOW (value too large)"), Map.entry(95, "EOPNOTSUPP (operation not supported)"),
            Map.entry(105, "ENOBUFS (no buffer space)"), Map.entry(116, "ESTALE (stale file handle)"),
            Map.entry(122, "EDQUOT (disk quota exceeded)"));

    /** Whether the kernel refused for want of permission. */
    public boolean isPermission() {
        return equals(EPERM) || equals(EACCES);
    }

    /** What a user can do about it, or "". */
    String hint() {
        return switch (number) {
            case 1, 13 -> "run as root, or choose a store (--store) that you may write to";
            case 28 -> "free some space on the file system of the store; nothing was added to it";
            case 122 -> "the quota of this user or project is used up; nothing was added to the store";
            case 30 -> "the store is on a read-only file system; choose another with --store";
            case 2 -> "check the name; if it is one of the store's own, something else removed it";
            case 5 -> "the device or its file system failed: the kernel's log (dmesg) says more";
            case 12 -> "free some memory, or raise the limit of this process or container";
            case 16 -> "find out who uses it (fuser -vm), and try again";
            case 17 -> "remove what is there, or choose another name";
            case 20 -> "name a directory";
            case 21 -> "name a file in it";
            case 24 -> "raise the limit on open files (ulimit -n)";
            case 36 -> "choose shorter names, or a store with a shorter path (--store)";
            case 38 -> "use a newer kernel, or another driver: `varve driver ls` shows which work here";
            default -> "";
        };
    }

    @Override
    public String toString() {
        return NAMES.getOrDefault(number, "errno " + number);
    }
}
