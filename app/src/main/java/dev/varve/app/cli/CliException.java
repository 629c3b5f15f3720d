package dev.varve.app.cli;

import java.io.IOException;

/** A failure that the command line itself found, with what to end with. */
final class CliException extends IOException {
    private static final long serialVersionUID = 1L;
    private final ExitCode exitCode;
    private final String hint;

    /** @param hint what to do, or "" */
    CliException(ExitCode exitCode, String message, String hint) {
        super(message);
        this.exitCode = exitCode;
        this.hint = hint;
    }

    /** The user asked for something that the command does not take. */
    static CliException usage(String message, String hint) {
        return new CliException(ExitCode.USAGE, message, hint);
    }

    ExitCode exitCode() {
        return exitCode;
    }

    String hint() {
        return hint;
    }
}
