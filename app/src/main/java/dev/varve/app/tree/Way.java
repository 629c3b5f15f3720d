package dev.varve.app.tree;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * The way from a directory down to the one that is looked at, of any depth, with few handles: those that were not used for
 * long are closed, and opened again by their names, from the nearest that is still open, when they are asked for. So a
 * tree of many thousand levels, which mkdirat(2) can make, neither takes as many handles nor a stack. No symbolic link is
 * followed, and a directory that is opened again must be the one that was entered. For one thread.
 */
public final class Way implements AutoCloseable {
    /** Levels that are open besides the lasting ones, at most. */
    static final int MAX_OPEN = 128;
    /** Of those, how many stay when others have to go. */
    static final int NEAR = 32;
    /** Every level whose depth is a multiple of this stays open. */
    static final int LASTING = 128;

    private static final class Step {
        private final EntryName name;
        /** Of the directory as it was entered. */
        private @Nullable FileStat stat;
        private @Nullable Directory directory;

        private Step(EntryName name) {
            this.name = name;
        }
    }

    private final Directory root;
    private final List<Step> steps = new ArrayList<>();
    private int open;

    /** @param root of depth 0, which stays open */
    public Way(Directory root) {
        this.root = root;
    }

    /** How many directories lie above the one that is looked at. */
    public int depth() {
        return steps.size();
    }

    /** Looks at the directory of this name, which is in the one looked at now. */
    public Directory enter(EntryName name) throws VarveException {
        steps.add(new Step(name));
        try {
            return at(steps.size());
        } catch (VarveException e) {
            steps.removeLast();
            throw e;
        }
    }

    /** Looks at the directory above again. @return the name of the one that was left */
    public EntryName leave() {
        close(steps.size());
        return steps.removeLast().name;
    }

    /** The directory that is looked at. @throws VarveException as {@link #at} */
    public Directory current() throws VarveException {
        return at(steps.size());
    }

    /** The names on the way. */
    EntryPath path() {
        EntryPath path = EntryPath.ROOT;
        for (Step step : steps) {
            path = path.child(step.name);
        }
        return path;
    }

    /**
     * The directory at this depth on the way. It is valid until this object is used again.
     *
     * @throws SyscallFailedException ENOENT if it is not there any more
     */
    public Directory at(int depth) throws VarveException {
        int from = depth;
        while (from > 0 && steps.get(from - 1).directory == null) {
            from--;
        }
        Directory directory = root;
        if (from > 0) {
            directory = java.util.Objects.requireNonNull(steps.get(from - 1).directory);
        }
        for (int next = from + 1; next <= depth; next++) {
            makeRoom(next);
            Step step = steps.get(next - 1);
            directory = opened(directory, step);
            step.directory = directory;
            open += isLasting(next) ? 0 : 1;
        }
        return directory;
    }

    private static Directory opened(Directory above, Step step) throws VarveException {
        Directory directory = above.open(step.name);
        try {
            FileStat stat = directory.stat();
            FileStat entered = step.stat;
            if (entered == null || stat.sameInode(entered)) {
                step.stat = stat;
                return directory;
            }
        } catch (VarveException e) {
            directory.close();
            throw e;
        }
        directory.close();
        throw new SyscallFailedException("openat(\"" + step.name + "\")", Errno.ENOENT,
                "another directory has its name now");
    }

    static boolean isLasting(int depth) {
        return depth % LASTING == 0;
    }

    private void makeRoom(int depth) {
        if (open < MAX_OPEN) {
            return;
        }
        for (int other = 1; other <= steps.size(); other++) {
            if (!isLasting(other) && (other >= depth || other < depth - NEAR)) {
                close(other);
            }
        }
    }

    private void close(int depth) {
        Step step = steps.get(depth - 1);
        if (step.directory != null) {
            step.directory.close();
            step.directory = null;
            open -= isLasting(depth) ? 0 : 1;
        }
    }

    @Override
    public void close() {
        while (!steps.isEmpty()) {
            leave();
        }
    }
}
