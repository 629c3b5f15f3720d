package dev.varve.app.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets work that must not leave anything behind end in order when the process is told to stop (Ctrl-C, SIGTERM): the JVM
 * stays until the work has seen {@link #check} fail and has cleaned up after itself.
 */
final class StopSignal implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean stopping;

    StopSignal(Output output) {
        hook = new Thread(() -> {
            stopping = true;
            output.wordRaw("\nvarve: stopping, cleaning up …\n");
            await();
        }, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @throws CliException if the process is to stop */
    void check() throws CliException {
        if (stopping) {
            throw new CliException(ExitCode.FAILED, "stopped", "");
        }
    }

    private void await() {
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(ExitCode.FAILED.number());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finished.countDown();
        if (!stopping) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The signal came just now; the hook finds that all is finished.
            }
        }
    }
}
