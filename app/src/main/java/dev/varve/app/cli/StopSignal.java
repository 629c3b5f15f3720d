package dev.varve.app.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * Lets work that must not leave anything behind end in order when the process is told to stop (Ctrl-C, SIGTERM): the JVM
 * stays until the work has seen {@link #check} fail and has cleaned up after itself, and then tells how that went.
 */
final class StopSignal {
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Output output;
    private final boolean debug;
    private volatile boolean stopping;
    private volatile @Nullable Exception failure;

    StopSignal(Output output, boolean debug) {
        this.output = output;
        this.debug = debug;
    }

    /** Work that cleans up after itself when it ends, in whatever way. */
    interface Work {
        void run() throws IOException;
    }

    /** What {@link #check} throws. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("stopped");
        }
    }

    /** Does the work. Returns or throws what it does, but not once the process is to stop: then the hook tells. */
    void guard(Work work) throws IOException {
        Thread hook = new Thread(this::stop, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            finished.countDown();
            if (stopping || !removed(hook)) {
                leaveItToTheHook();
            }
        }
    }

    /** To be called between the steps of the work. It does not return if the process is to stop. */
    void check() {
        if (stopping) {
            throw new Stopped();
        }
    }

    private void stop() {
        stopping = true;
        output.wordRaw("\n");
        output.word("varve: stopping, cleaning up …");
        try {
            // Without a limit: a large image takes its time to go, and who cannot wait can still kill.
            finished.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Exception ended = failure;
        if (ended instanceof Stopped && ended.getSuppressed().length == 0) {
            output.word("varve: stopped; nothing is left behind");
        } else if (ended instanceof Stopped) {
            new Failures(output, debug).report(ended.getSuppressed()[0]);
        } else if (ended != null) {
            new Failures(output, debug).report(ended);
        }
    }

    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static void leaveItToTheHook() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
