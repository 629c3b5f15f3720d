package dev.varve.ports.syscall;

import java.time.Instant;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;

/**
 * A handle on one file of any type, which stays on it whatever happens to its names. Not safe for use by several
 * threads at once. {@link #close()} may be called twice. Every method throws
 * {@link dev.varve.domain.error.SyscallFailedException} when the kernel refuses.
 */
public interface Inode extends AutoCloseable {
    /** statx(2) of the file itself. */
    FileStat stat() throws VarveException;

    /** All extended attributes; none where the file system has none (EOPNOTSUPP). flistxattr(2), fgetxattr(2). */
    Xattrs xattrs() throws VarveException;

    /** fchownat(2). Clears setuid and setgid of a regular file, as the kernel does. */
    void setOwner(long uid, long gid) throws VarveException;

    /** fchmod(2): permission bits, setuid, setgid and sticky. Not for symbolic links, which have no mode. */
    void setMode(int mode) throws VarveException;

    /** utimensat(2): the modification time in nanoseconds; the access time is left alone. */
    void setModified(Instant time) throws VarveException;

    /** setxattr(2). */
    void setXattr(String name, byte[] value) throws VarveException;

    /** removexattr(2); an attribute that is not there is no error. */
    void removeXattr(String name) throws VarveException;

    @Override
    void close();
}
