package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Which of the standard streams are terminals, and what may be done with them.
 *
 * @param output   standard output is a terminal
 * @param error    standard error is a terminal
 * @param moves    a line may be drawn over again: it is no dumb terminal
 * @param coloured colour is welcome (https://no-color.org, TERM)
 */
record Terminal(boolean output, boolean error, boolean moves, boolean coloured) {
    /** No stream is one. */
    static final Terminal NONE = new Terminal(false, false, false, false);

    /** The streams of this process. */
    static Terminal ofProcess() {
        return of(isTerminal(1), isTerminal(2), System.getenv());
    }

    static Terminal of(boolean output, boolean error, Map<String, String> environment) {
        String term = environment.getOrDefault("TERM", "dumb");
        boolean moves = !term.equals("dumb") && !term.isEmpty();
        return new Terminal(output, error, moves, moves && environment.getOrDefault("NO_COLOR", "").isEmpty());
    }

    /** Asks /proc instead of isatty(3): that would need native access. {@code System.console()} does not look at stderr. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
