package dev.varve.adapter.store.file;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.OpenFile;

/** Makes changes so that the other processes notice them ({@link ChangeLog}). Used by the holder of the lock only. */
final class ChangeWriter {
    private final Folders folders;
    private final RecordCache cache;
    /** Opened at the first change: a store on a read-only file system can be read. */
    private @Nullable OpenFile log;

    ChangeWriter(Folders folders, RecordCache cache) {
        this.folders = folders;
        this.cache = cache;
    }

    /**
     * If a process died in the middle of a change, or the log was lost: brings what can be seen onto the disk, so that
     * it can be built on, and the log in order. That the log cannot be written is no failure here.
     */
    void settle() throws VarveException {
        long counter = cache.counter();
        if (counter != ChangeLog.UNKNOWN && counter % 2 == 0) {
            return;
        }
        folders.sync();
        try {
            if (counter == ChangeLog.UNKNOWN) {
                ChangeLog.restart(log());
            } else {
                ChangeLog.finish(log(), counter);
            }
        } catch (VarveException e) {
            return;
        }
    }

    /**
     * Makes a change.
     *
     * @param record the number of the layer, or {@link ChangeLog#IMAGES}
     * @param step   changes the files; if it fails they are as before
     * @param effect what the change is in memory
     */
    void make(long record, Need need, Step step, Consumer<Index> effect) throws VarveException {
        long odd = announce(record, need);
        try {
            step.run();
        } catch (VarveException | RuntimeException e) {
            finish(odd);
            throw e;
        }
        if (finish(odd)) {
            cache.changed(odd - 1, odd + 1, effect);
        }
    }

    /** @return the odd value of the counter, or unknown if the log was given up */
    private long announce(long record, Need need) throws VarveException {
        try {
            settle();
            OpenFile file = log();
            long counter = cache.counter();
            if (counter == ChangeLog.UNKNOWN) {
                ChangeLog.restart(file);
                counter = cache.counter();
            }
            return ChangeLog.announce(file, counter, record);
        } catch (VarveException e) {
            if (need == Need.SPACE) {
                throw e;
            }
            // In place, but a file system that never overwrites needs space for that; cutting a file needs none.
            try {
                ChangeLog.lose(log());
            } catch (VarveException again) {
                e.addSuppressed(again);
                throw e;
            }
            return ChangeLog.UNKNOWN;
        }
    }

    /** @return whether all know of the change; if not, they read its record again each time, which is right as well */
    private boolean finish(long odd) {
        if (odd == ChangeLog.UNKNOWN) {
            return false;
        }
        try {
            ChangeLog.finish(log(), odd);
            return true;
        } catch (VarveException e) {
            return false;
        }
    }

    private OpenFile log() throws VarveException {
        OpenFile file = log;
        if (file == null) {
            file = folders.writeChanges();
            log = file;
        }
        return file;
    }

    /** Whether a change takes space on the disk. */
    enum Need {
        SPACE, NO_SPACE
    }

    /** The part of a change that is made to files. */
    @FunctionalInterface
    interface Step {
        void run() throws VarveException;
    }
}
