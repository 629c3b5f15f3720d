package dev.varve.app.service;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Objects;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;

/** What the JDK says of files outside of a store, in the words of the kernel, which say what to do. */
public final class HostFailure {
    private static final Map<Errno, String> HINTS = Map.of(Errno.ENOENT,
            "check its name; the directory that it is in must be there, too", Errno.EACCES,
            "run as a user who may do this, or name another place", Errno.EPERM,
            "run as a user who may do this, or name another place", Errno.ENOSPC,
            "free some space on its file system, or name another place", Errno.EROFS,
            "its file system is read-only; name another place", Errno.EEXIST, "name something that is not there yet",
            Errno.ENOTDIR, "something on the way to it is no directory");

    private HostFailure() {}

    /** @param action what was attempted and on what, such as {@code cannot write "layer.tar"} */
    public static SyscallFailedException of(String action, IOException cause) {
        String reason = cause instanceof FileSystemException e ? Objects.requireNonNullElse(e.getReason(), "")
                : Objects.requireNonNullElse(cause.getMessage(), "");
        Errno errno = switch (cause) {
            case NoSuchFileException e -> Errno.ENOENT;
            case AccessDeniedException e -> Errno.EACCES;
            case FileAlreadyExistsException e -> Errno.EEXIST;
            default -> errno(reason);
        };
        SyscallFailedException failure = new SyscallFailedException(action, errno,
                errno.equals(Errno.EIO) ? reason : "", HINTS.getOrDefault(errno, ""));
        failure.initCause(cause);
        return failure;
    }

    private static Errno errno(String reason) {
        return switch (reason) {
            case "No space left on device" -> Errno.ENOSPC;
            case "Read-only file system" -> Errno.EROFS;
            case "Operation not permitted" -> Errno.EPERM;
            case "Permission denied" -> Errno.EACCES;
            case "Is a directory" -> Errno.EISDIR;
            case "Not a directory" -> Errno.ENOTDIR;
            default -> Errno.EIO;
        };
    }
}
