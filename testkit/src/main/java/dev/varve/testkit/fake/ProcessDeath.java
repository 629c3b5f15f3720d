package dev.varve.testkit.fake;

/** The process died at a call of the kernel; nothing may catch it but a test. Every later call of the process throws it. */
public final class ProcessDeath extends Error {
    private static final long serialVersionUID = 1L;

    ProcessDeath(String call) {
        super("the process died at " + call);
    }
}
