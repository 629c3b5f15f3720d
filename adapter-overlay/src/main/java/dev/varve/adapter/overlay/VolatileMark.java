package dev.varve.adapter.overlay;

import java.nio.file.Path;
import java.util.List;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;

/**
 * What a mount with {@code volatile} leaves in its work directory, {@code work/incompat/volatile}: nothing that was
 * written through the mount is known to be on the disk, and the kernel makes no second mount as long as it is there
 * (overlayfs.rst, "Volatile mount"). Whoever knows that the system did not go down since may sync and take it away.
 */
final class VolatileMark {
    private static final EntryPath INCOMPAT = EntryPath.of("work/incompat");
    private static final EntryName INCOMPAT_NAME = EntryName.of("incompat");
    private static final EntryName VOLATILE = EntryName.of("volatile");
    /** Varve's own, beside the kernel's: a sync failed, so what is there is incomplete for good. The kernel heeds it too. */
    private static final EntryName LOST = EntryName.of("varve-sync-failed");
    private final Syscalls syscalls;
    private final Path work;

    VolatileMark(Syscalls syscalls, Path work) {
        this.syscalls = syscalls;
        this.work = work;
    }

    /**
     * Takes the mark away, if there is one, after all that was written is on the disk.
     *
     * @throws WrongStateException    if the system went down since the mount, or an earlier sync failed
     * @throws SyscallFailedException if the sync fails; the layer stays marked, and can never be used again
     */
    void settle(boolean sameBoot) throws VarveException {
        if (!isThere()) {
            return;
        }
        try (Directory outer = syscalls.directory(work); Directory incompat = outer.resolve(INCOMPAT)) {
            List<EntryName> marks = incompat.list();
            if (!sameBoot || marks.contains(LOST)) {
                throw new WrongStateException(
                        "the content of the layer in " + work.getParent()
                                + " may be incomplete: it was mounted volatile, and "
                                + (marks.contains(LOST) ? "writing it to the disk failed"
                                        : "the system went down before it was released"),
                        "remove the layer (varve layer rm); to use what is there as it is: rm -r "
                                + work.resolve("work").resolve(INCOMPAT_NAME.toString()));
            }
            sync(outer, incompat);
            ProbeArea.remove(incompat, VOLATILE);
            try (Directory inner = outer.resolve(INCOMPAT.parent())) {
                inner.removeDirectory(INCOMPAT_NAME);
                inner.sync();
            }
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /**
     * Writes to the disk what was written through a mount that is still there, so that little is left to do for
     * {@link #settle}. The mark stays.
     *
     * @throws SyscallFailedException if the sync fails; the layer is marked for good
     */
    void flush() throws VarveException {
        try (Directory outer = syscalls.directory(work); Directory incompat = outer.resolve(INCOMPAT)) {
            sync(outer, incompat);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    boolean isThere() throws VarveException {
        // Each mount asks three times: in few calls, none of which fails once the kernel has made its own directory there.
        // Nothing in a work directory can be seen, or put there, through the mount.
        try (Directory inner = syscalls.directory(work.resolve("work"))) {
            return inner.find(INCOMPAT_NAME).isPresent();
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static void sync(Directory outer, Directory incompat) throws VarveException {
        try {
            outer.syncFileSystem();
        } catch (SyscallFailedException e) {
            try {
                incompat.makeDirectory(LOST, 0700);
            } catch (VarveException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }
}
