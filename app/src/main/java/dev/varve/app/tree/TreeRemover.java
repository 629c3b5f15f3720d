package dev.varve.app.tree;

import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/** Removes whole trees. What someone else has removed meanwhile is no error; nothing outside the tree is touched. */
public final class TreeRemover {
    private TreeRemover() {}

    /** Removes the entry and, if it is a directory, all that is beneath it. */
    public static void remove(Directory parent, EntryName name) throws VarveException {
        Optional<FileStat> stat = parent.find(name);
        if (stat.isEmpty()) {
            return;
        }
        if (!stat.get().isDirectory()) {
            ignoringAbsence(() -> parent.remove(name));
            return;
        }
        ignoringAbsence(() -> {
            try (Directory directory = parent.open(name)) {
                if ((stat.get().mode() & 0700) != 0700) {
                    directory.setMode(0700);
                }
                for (EntryName child : directory.list()) {
                    removeChild(directory, child);
                }
            }
            parent.removeDirectory(name);
        });
    }

    /** Most entries are files: unlink first, and only what turns out to be a directory costs a second call. */
    private static void removeChild(Directory directory, EntryName child) throws VarveException {
        try {
            directory.remove(child);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.EISDIR)) {
                remove(directory, child);
            } else if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private interface Step {
        void run() throws VarveException;
    }

    private static void ignoringAbsence(Step step) throws VarveException {
        try {
            step.run();
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
