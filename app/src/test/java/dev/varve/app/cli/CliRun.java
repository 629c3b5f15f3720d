package dev.varve.app.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One run of the command within the test's JVM: what it printed and how it ended. */
record CliRun(int code, String out, String err) {
    static CliRun of(String... args) {
        return of(Terminal.NONE, args);
    }

    static CliRun of(Terminal terminal, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Output output = new Output(out, err, terminal, Main.asked(List.of(args), "--json"));
        int code = Main.run(List.of(args), output);
        return new CliRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
