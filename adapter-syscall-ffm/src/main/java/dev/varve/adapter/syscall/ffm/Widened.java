package dev.varve.adapter.syscall.ffm;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.FileStat;

/**
 * A directory of an ordinary user whose mode forbids him to look into it, and is widened as long as this process has it
 * open: the last handle that is closed puts the mode back, and until then all see the mode that it had. Other processes
 * see the wider one, and one that is killed leaves it. All are guarded by the monitor of {@link #ALL}.
 */
final class Widened {
    private static final int OWNER_READS = 0500;
    private static final Map<Key, Widened> ALL = new HashMap<>();
    /** That there is none is found out without the monitor: for most processes there never is one. */
    private static volatile boolean any;
    private final Key key;
    private int mode;
    private int holders = 1;

    private record Key(long device, long inode) {
        static Key of(FileStat stat) {
            return new Key(stat.device(), stat.inode());
        }
    }

    private Widened(Key key, int mode) {
        this.key = key;
        this.mode = mode;
    }

    /** Something that opens with a mode that is put back before others look at it. */
    interface Opening {
        long open() throws VarveException;
    }

    /** Runs it while no mode is changed for another handle. */
    static long alone(Opening opening) throws VarveException {
        synchronized (ALL) {
            return opening.open();
        }
    }

    /** Widens the mode of what was just opened, if this user needs that. @return null if not */
    static @Nullable Widened enter(FdInode directory) throws VarveException {
        synchronized (ALL) {
            FileStat stat = directory.realStat();
            if (stat.uid() != ProcFiles.uid()) {
                return null;
            }
            Widened known = ALL.get(Key.of(stat));
            if (known != null) {
                known.holders++;
                return known;
            }
            if ((stat.mode() & OWNER_READS) == OWNER_READS) {
                return null;
            }
            directory.setRealMode(stat.mode() | OWNER_READS);
            Widened made = new Widened(Key.of(stat), stat.mode());
            ALL.put(made.key, made);
            any = true;
            return made;
        }
    }

    /** Ends one hold; the last one puts the mode back. */
    void leave(FdDirectory directory) {
        synchronized (ALL) {
            if (--holders == 0) {
                forget();
                try (Frame f = new Frame()) {
                    f.call(Sysno.FCHMOD, directory.fd(), mode);
                }
            }
        }
    }

    private void forget() {
        ALL.remove(key);
        any = !ALL.isEmpty();
    }

    /** What was found, with the mode that it will have. */
    static FileStat asItIs(FileStat found) {
        if (!any || !found.isDirectory()) {
            return found;
        }
        synchronized (ALL) {
            Widened known = ALL.get(Key.of(found));
            return known == null ? found : found.withMode(known.mode);
        }
    }

    /** Sets a mode: at once, but for a directory that others have open, which it gets when they close it. */
    static void setMode(FdInode file, @Nullable Widened held, int mode) throws VarveException {
        if (!any) {
            file.setRealMode(mode);
            return;
        }
        synchronized (ALL) {
            Widened known = held == null ? ALL.get(Key.of(file.realStat())) : held;
            if (known == null) {
                file.setRealMode(mode);
                return;
            }
            boolean others = known.holders > (held == null ? 0 : 1);
            file.setRealMode(others ? mode | OWNER_READS : mode);
            known.mode = mode;
        }
    }
}
