package dev.varve.app.tree;

import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * Removes whole trees, of any depth. What someone else has removed meanwhile is no error; nothing outside the tree is
 * touched, and nothing that is mounted in it: each directory is looked at through its handle before anything in it is
 * removed, so that not even what is mounted this very moment is taken for a part of the tree.
 */
public final class TreeRemover {
    private static final int OWNER_ALL = 0700;
    private static final int TRIES = 10;
    private final FileStat parent;
    private final Descent descent;

    /** @param parent what the tree is in */
    private TreeRemover(FileStat parent, Descent descent) {
        this.parent = parent;
        this.descent = descent;
    }

    /**
     * Removes the entry and, if it is a directory, all that is beneath it. After a failure some of it may be gone.
     *
     * @throws WrongStateException if something is mounted on the entry or beneath it; what is mounted is untouched
     */
    public static void remove(Directory parent, EntryName name) throws VarveException {
        for (int tries = 1;; tries++) {
            try {
                if (!removedAsFile(parent, name)) {
                    try (Descent descent = new Descent(parent)) {
                        new TreeRemover(parent.stat(), descent).run(name);
                    }
                }
                return;
            } catch (SyscallFailedException e) {
                // Far down in a tree that someone else removes too, the way back is gone: what is left begins further up.
                if (!e.errno().equals(Errno.ENOENT) || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private void run(EntryName root) throws VarveException {
        enter(root);
        while (!descent.isOver()) {
            Optional<EntryName> child = descent.next();
            if (child.isEmpty()) {
                EntryName empty = descent.leave();
                ignoringAbsence(() -> descent.here().removeDirectory(empty));
            } else if (!removedAsFile(descent.here(), child.get())) {
                enter(child.get());
            }
        }
    }

    private void enter(EntryName name) throws VarveException {
        ignoringAbsence(() -> descent.enter(name, this::takeOver));
    }

    private void takeOver(Directory directory) throws VarveException {
        FileStat stat = directory.stat();
        if (!stat.sameMount(parent)) {
            throw mounted(descent.path());
        }
        if ((stat.mode() & OWNER_ALL) != OWNER_ALL) {
            directory.setMode(OWNER_ALL);
        }
    }

    private static WrongStateException mounted(EntryPath path) {
        return new WrongStateException("cannot delete " + path + ": something is mounted there",
                "unmount it (umount); what is mounted was not touched");
    }

    /** Most entries are files: unlink first, and only what turns out to be a directory costs a second call. */
    private static boolean removedAsFile(Directory directory, EntryName name) throws VarveException {
        try {
            directory.remove(name);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.EISDIR)) {
                return false;
            } else if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
        return true;
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
