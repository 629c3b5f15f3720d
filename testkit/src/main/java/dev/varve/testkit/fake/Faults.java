package dev.varve.testkit.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;

/** What goes wrong with the calls of one process. Guarded by the monitor of the disk. */
final class Faults {
    private final List<String> log = new ArrayList<>();
    private long calls;
    private long failAt;
    private long crashAt;
    private Errno errno = Errno.EIO;
    private @Nullable Predicate<String> refused;
    private Errno refusal = Errno.EIO;
    private long eventAt;
    private @Nullable Runnable event;
    private boolean dead;

    void reset() {
        calls = 0;
        failAt = 0;
        crashAt = 0;
        refused = null;
        event = null;
        log.clear();
    }

    void failAt(long call, Errno number) {
        reset();
        failAt = call;
        errno = number;
    }

    void crashAt(long call) {
        reset();
        crashAt = call;
    }

    void beforeCall(long call, Runnable happening) {
        reset();
        eventAt = call;
        event = happening;
    }

    void refuse(Predicate<String> names, Errno number) {
        refused = names;
        refusal = number;
    }

    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    long calls() {
        return calls;
    }

    List<String> log() {
        return List.copyOf(log);
    }

    /** Counts the call; every call begins here, before it has had any effect. */
    void enter(String name, String arguments) throws SyscallFailedException {
        String call = name + "(" + arguments + ")";
        if (dead) {
            throw new ProcessDeath(call);
        }
        calls++;
        log.add(call);
        if (event != null && calls == eventAt) {
            event.run();
        }
        if (calls == crashAt) {
            dead = true;
            throw new ProcessDeath(call);
        }
        if (calls == failAt) {
            throw new SyscallFailedException(call, errno);
        }
        if (refused != null && refused.test(name)) {
            throw new SyscallFailedException(call, refusal);
        }
    }
}
