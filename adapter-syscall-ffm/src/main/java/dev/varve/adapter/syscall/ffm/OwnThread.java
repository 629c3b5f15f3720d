package dev.varve.adapter.syscall.ffm;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.idmap.IdMapping;

/**
 * Work that changes what the kernel keeps for the thread, such as its working directory or its credentials: done by a
 * thread that ends with it, so that nobody else runs with the change.
 */
final class OwnThread {
    private static final int PR_SET_SECUREBITS = 28;
    private static final int SECBIT_NO_SETUID_FIXUP = 1 << 2;
    private static final int NO_ID = -1;

    private OwnThread() {}

    interface Work {
        void run() throws VarveException;
    }

    /** Does the work to its end, interrupted or not: a mount that is under way has an outcome that must be known. */
    static void run(Work work) throws VarveException {
        @Nullable
        VarveException[] failure = new VarveException[1];
        Thread thread = Thread.ofPlatform().name("varve-mount").start(() -> {
            try {
                work.run();
            } catch (VarveException e) {
                failure[0] = e;
            }
        });
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        VarveException failed = failure[0];
        if (failed != null) {
            throw failed;
        }
    }

    /**
     * Gives this thread the ids of the mapping's root for what it makes in file systems, and leaves it all capabilities
     * (setfsuid(2); capabilities(7), "SECBIT_NO_SETUID_FIXUP"). A file system that works with the credentials that it was
     * mounted with, as overlayfs does, can so make files where the first root has no id.
     */
    static void actAs(IdMapping ids) throws SyscallFailedException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.PRCTL, PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0);
            if (r < 0) {
                throw Frame.failure(Sysno.PRCTL, "PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP", r);
            }
            become(f, Sysno.SETFSGID, ids.rootGroup());
            become(f, Sysno.SETFSUID, ids.rootUser());
        }
    }

    /** These calls tell no failure, but the id that was there before: that of an impossible id changes nothing. */
    private static void become(Frame f, Sysno call, long id) throws SyscallFailedException {
        f.call(call, id);
        if ((int) f.call(call, NO_ID) != (int) id) {
            throw new SyscallFailedException(call.manual() + "(" + id + ")", Errno.EPERM);
        }
    }
}
