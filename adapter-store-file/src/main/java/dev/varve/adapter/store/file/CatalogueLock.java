package dev.varve.adapter.store.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.OpenFile;

/**
 * The lock under which a catalogue is changed: one for the threads of this process, and flock(2) on a directory for the
 * processes. Reentrant. A process that dies gives it back.
 */
final class CatalogueLock implements AutoCloseable {
    private static final long SHORTEST_NAP = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_NAP = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int OWNER_LENGTH = 20;
    private final Mutex mutex = new Mutex();
    private final Directory catalogue;
    private final long pid;
    private final Duration patience;
    private @Nullable Directory locked;
    private @Nullable OpenFile owner;
    private boolean closed;

    /**
     * @param catalogue the directory that {@code lock} is in; closed with this
     * @param pid       of this process, for the messages of others
     */
    CatalogueLock(Directory catalogue, long pid, Duration patience) {
        this.catalogue = catalogue;
        this.pid = pid;
        this.patience = patience;
    }

    /** Runs the action while no other thread or process is in here. */
    <T> T exclusively(Catalogue.Action<T> action) throws VarveException {
        acquire();
        try {
            return action.run();
        } finally {
            release();
        }
    }

    private void acquire() throws VarveException {
        // An interrupt does not end the wait: giving back a lease must succeed in a thread that is to stop, too.
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!mutex.tryLock()) {
                try {
                    if (!mutex.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        throw timeout(mutex.holder());
                    }
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (mutex.getHoldCount() == 1) {
                try {
                    interrupted |= lockOutProcesses(deadline);
                } catch (VarveException | RuntimeException | Error e) {
                    mutex.unlock();
                    throw e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @return whether the thread was interrupted meanwhile */
    private boolean lockOutProcesses(long deadline) throws VarveException {
        if (closed) {
            throw new IllegalStateException("the catalogue is closed");
        }
        Directory directory = locked;
        if (directory == null) {
            directory = catalogue.open(Layout.LOCK);
            locked = directory;
        }
        boolean interrupted = false;
        long nap = SHORTEST_NAP;
        while (!directory.tryLock(LockMode.EXCLUSIVE)) {
            if (System.nanoTime() >= deadline) {
                throw timeout(holder(directory));
            }
            try {
                TimeUnit.NANOSECONDS.sleep(nap);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            nap = Math.min(2 * nap, LONGEST_NAP);
        }
        announceOwner(directory);
        return interrupted;
    }

    private WrongStateException timeout(String holder) {
        return new WrongStateException(
                "the store's catalogue could not be locked within " + patience.toSeconds() + " seconds: " + holder
                        + " holds it",
                "wait for the other to finish; if it hangs, end it: the lock ends with its process");
    }

    /** For the messages of others only, so that a failure is none. */
    private void announceOwner(Directory directory) {
        try {
            OpenFile file = owner;
            if (file == null) {
                file = openOwner(directory);
                owner = file;
            }
            String number = Long.toString(pid);
            byte[] text = (number + " ".repeat(OWNER_LENGTH - 1 - number.length()) + "\n").getBytes(US_ASCII);
            file.write(0, text, 0, text.length);
        } catch (VarveException e) {
            closeOwner();
        }
    }

    private static OpenFile openOwner(Directory directory) throws VarveException {
        try {
            return directory.write(Layout.OWNER);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
            return directory.create(Layout.OWNER, Layout.FILE_MODE);
        }
    }

    private static String holder(Directory directory) {
        try (OpenFile file = directory.read(Layout.OWNER)) {
            byte[] text = new byte[OWNER_LENGTH];
            int length = file.read(0, text, 0, text.length);
            return "process " + Long.parseLong(new String(text, 0, length, US_ASCII).trim());
        } catch (VarveException | NumberFormatException e) {
            return "another process";
        }
    }

    private void release() {
        try {
            if (mutex.getHoldCount() == 1 && !closed) {
                letProcessesIn();
            }
        } finally {
            mutex.unlock();
        }
    }

    private void letProcessesIn() {
        Directory directory = locked;
        if (directory == null) {
            return;
        }
        try {
            directory.tryLock(LockMode.NONE);
        } catch (VarveException e) {
            // Closing it ends the lock as well; what was done under the lock is done.
            closeOwner();
            directory.close();
            locked = null;
        }
    }

    private void closeOwner() {
        OpenFile file = owner;
        owner = null;
        if (file != null) {
            file.close();
        }
    }

    /** Waits for the thread that is in here. */
    @Override
    public void close() {
        mutex.lock();
        try {
            if (!closed) {
                closed = true;
                closeOwner();
                if (locked != null) {
                    locked.close();
                }
                catalogue.close();
            }
        } finally {
            mutex.unlock();
        }
    }

    private static final class Mutex extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        String holder() {
            Thread thread = getOwner();
            return thread == null ? "another thread of this process"
                    : "thread " + thread.getName() + " of this process";
        }
    }
}
