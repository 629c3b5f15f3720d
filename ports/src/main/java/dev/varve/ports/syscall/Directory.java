package dev.varve.ports.syscall;

import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;

/**
 * An open directory, and what can be done beneath it. A name is one component and is never followed if it is a symbolic
 * link; {@link #resolve} alone follows links, and never out of this directory. So no name from a layer can reach
 * outside, whatever another process does to the tree meanwhile. openat(2), openat2(2), *at(2).
 *
 * <p>
 * After a failure nothing was changed, unless a method says otherwise.
 */
public interface Directory extends Inode {
    /** The names of the entries, in no order, without {@code .} and {@code ..}. getdents64(2). */
    List<EntryName> list() throws VarveException;

    /** What the entry is, or empty if there is none. statx(2) with AT_SYMLINK_NOFOLLOW. */
    Optional<FileStat> find(EntryName name) throws VarveException;

    /** The extended attributes of the entry itself; none where the file system has none. */
    Xattrs xattrs(EntryName name) throws VarveException;

    /**
     * Opens a directory that is an entry. A directory of this user's whose mode forbids him to read it or to look things
     * up in it is opened all the same: its mode is widened until the last handle of this process is closed, and all its
     * handles tell the mode that it had, or was set meanwhile. Other processes see the wider mode until then; a process that
     * is killed leaves it, and of two processes that have it open the first to close it takes it from the other, whose
     * lookups are refused (EACCES) from then on.
     */
    Directory open(EntryName name) throws VarveException;

    /**
     * Opens the directory at the path, symbolic links on the way resolved as if this directory were {@code /}.
     * openat2(2) RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS.
     */
    Directory resolve(EntryPath path) throws VarveException;

    /** A handle on the entry itself, whatever its type. O_PATH and O_NOFOLLOW. */
    Inode inode(EntryName name) throws VarveException;

    /**
     * Opens a regular file for reading; one of this user's whose mode forbids it is opened all the same. Anything else is
     * left alone: ELOOP for a symbolic link, EISDIR for a directory, ENXIO for the others.
     */
    OpenFile read(EntryName name) throws VarveException;

    /** Opens an existing regular file for reading and writing. Anything else is left alone, as by {@link #read}. */
    OpenFile write(EntryName name) throws VarveException;

    /**
     * Makes a regular file that did not exist, open for reading and writing. O_CREAT and O_EXCL; the umask is in
     * effect, so {@link Inode#setMode} says the last word.
     */
    OpenFile create(EntryName name, int mode) throws VarveException;

    /** Makes a directory that did not exist; the umask is in effect. */
    void makeDirectory(EntryName name, int mode) throws VarveException;

    void makeSymlink(EntryName name, byte[] target) throws VarveException;

    /** Makes a device, fifo or socket; the umask is in effect. mknodat(2) */
    void makeNode(EntryName name, FileType type, int mode, int major, int minor) throws VarveException;

    /** Gives the file that is entry {@code existing} of {@code from} one more name here; a symbolic link is linked itself. */
    void link(Directory from, EntryName existing, EntryName name) throws VarveException;

    /** The target of a symbolic link. */
    byte[] readLink(EntryName name) throws VarveException;

    /** Removes an entry that is no directory. unlinkat(2) */
    void remove(EntryName name) throws VarveException;

    /** Removes an empty directory. unlinkat(2) AT_REMOVEDIR */
    void removeDirectory(EntryName name) throws VarveException;

    /** Moves an entry, atomically. An entry that has the new name is replaced if {@code replace}, else EEXIST. renameat2(2) */
    void rename(EntryName name, Directory target, EntryName newName, boolean replace) throws VarveException;

    /** fsync(2) of the directory: the names in it are on the disk when this returns. */
    void sync() throws VarveException;

    /** syncfs(2): all that was written to the file system is on the disk when this returns. */
    void syncFileSystem() throws VarveException;

    /** What is known of the file system that the directory is on. statfs(2) */
    FileSystemFacts fileSystem() throws VarveException;

    /**
     * Tries to lock this directory against other processes and other handles. flock(2) without waiting. The lock ends
     * when the directory is closed, at the latest with the process.
     *
     * @return whether it was granted
     */
    boolean tryLock(LockMode mode) throws VarveException;

    /**
     * Opens a directory and locks it. When this returns, the name leads to what is locked: what was moved or removed by
     * whoever had the lock before counts as gone.
     *
     * @return empty if others have it locked in a way that excludes this one, or it is gone
     */
    default Optional<Directory> openLocked(EntryName name, LockMode mode) throws VarveException {
        Directory opened;
        try {
            opened = open(name);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            if (opened.tryLock(mode)) {
                Optional<FileStat> named = find(name);
                if (named.isPresent() && named.get().sameInode(opened.stat())) {
                    return Optional.of(opened);
                }
            }
        } catch (VarveException e) {
            opened.close();
            throw e;
        }
        opened.close();
        return Optional.empty();
    }
}
