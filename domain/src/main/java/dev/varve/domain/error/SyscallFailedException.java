package dev.varve.domain.error;

/**
 * A system call failed for a reason that has no meaning of its own here. The message prints the call with its
 * arguments, for example {@code mkdirat("/var/lib/varve/overlay/layers", "7", 0700): ENOSPC (no space left on device)}.
 */
public final class SyscallFailedException extends VarveException {
    private static final long serialVersionUID = 1L;
    private final Errno errno;

    /** @param call the call with its arguments, as it is to be printed */
    public SyscallFailedException(String call, Errno errno) {
        this(call, errno, "");
    }

    /** @param reason what the kernel said besides the number, or "" */
    public SyscallFailedException(String call, Errno errno, String reason) {
        this(call, errno, reason, "");
    }

    /** @param hint what to do about it; "" for what helps with most calls, which are upon files of a store */
    public SyscallFailedException(String call, Errno errno, String reason, String hint) {
        super(call + ": " + errno + (reason.isEmpty() ? "" : ": " + reason), hint.isEmpty() ? errno.hint() : hint);
        this.errno = errno;
    }

    /** The number that the kernel gave. */
    public Errno errno() {
        return errno;
    }
}
