package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.in.LayerStore.Omission;

class OutputTest {
    private static final Terminal COLOURED = new Terminal(true, true, true, true);
    private static final Predicate<String> HARMLESS = text -> text.codePoints()
            .allMatch(c -> c == '\n'
                    || !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT && c != 0x2028);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"a\u001b[31mb", "a\u009b31mb", "a\rb", "a\nb", "a\u0007b", "a\u202eb", "a\u2028b",
        "a\u007fb"})
    void nothingFromOutsideSteersTheTerminal(String evil) throws IOException {
        Output output = new Output(out, err, Terminal.NONE, false);
        output.line("A /" + evil);
        output.word(evil);
        new Table("ID").row(evil).print(output);
        Omissions.report(output, List.of(new Omission(EntryPath.of("x"), evil)));
        new Failures(output, true).report(new BadDataException(evil, evil));
        output.flush();
        assertThat(text(out) + text(err)).matches(HARMLESS).contains("a\\x", "b");
        assertThat(text(out).lines()).hasSize(3);
    }

    @Test
    void whatIsHarmlessStaysAsItIs() {
        assertThat(Plain.line("/ä/\\x1b \ud83d\ude00")).isEqualTo("/ä/\\x1b \ud83d\ude00");
    }

    @Test
    void colourIsForTerminalsOnly() throws IOException {
        Output plain = new Output(out, err, Terminal.NONE, false);
        plain.line("x", Output.Look.BOLD);
        plain.flush();
        assertThat(text(out)).isEqualTo("x\n");
        out.reset();
        Output coloured = new Output(out, err, COLOURED, false);
        coloured.line("x\u001b[0m", Output.Look.BOLD);
        coloured.flush();
        assertThat(text(out)).isEqualTo("\u001b[1mx\\x1b[0m\u001b[0m\n");
    }

    @Test
    void theEnvironmentDecidesOnColour() {
        assertThat(Terminal.of(true, true, Map.of("TERM", "xterm")).coloured()).isTrue();
        assertThat(Terminal.of(true, true, Map.of("TERM", "xterm", "NO_COLOR", "1")).coloured()).isFalse();
        assertThat(Terminal.of(true, true, Map.of("TERM", "xterm", "NO_COLOR", "1")).moves()).isTrue();
        assertThat(Terminal.of(true, true, Map.of("TERM", "dumb")).moves()).isFalse();
        assertThat(Terminal.of(true, true, Map.of()).coloured()).isFalse();
    }

    @Test
    void aReaderThatGoesAwayIsNoFailure() {
        Output output = new Output(new Broken("Broken pipe"), err, Terminal.NONE, false);
        assertThat(Main.run(List.of("help"), output)).isEqualTo(141);
        assertThat(text(err)).isEmpty();
    }

    @Test
    void aFullDiskIsOne() {
        Output output = new Output(new Broken("No space left on device"), err, Terminal.NONE, false);
        assertThat(Main.run(List.of("help"), output)).isEqualTo(1);
        assertThat(text(err))
                .matches("varve: cannot write to standard output: No space left on device\nhint: [^\n]+disk[^\n]+\n");
    }

    @Test
    void progressIsForTerminalsAndLeavesNothing() throws InterruptedException {
        try (ProgressLine none = new Output(out, err, Terminal.NONE, false).progress()) {
            Thread.sleep(120);
            none.report("x", 1, 2);
        }
        assertThat(text(err)).isEmpty();
        try (ProgressLine line = new Output(out, err, COLOURED, false).progress()) {
            Thread.sleep(120);
            line.report("un\u001bpack", 1, 2);
        }
        assertThat(text(err)).isEqualTo("\r\u001b[K50% of 2 B  un\\x1bpack\r\u001b[K");
    }

    @Test
    void omissionsAreCountedAndTheFirstListed() {
        List<Omission> omissions = java.util.stream.IntStream.range(0, 7)
                .mapToObj(i -> new Omission(EntryPath.of("f" + i), "owner"))
                .toList();
        Omissions.report(new Output(out, err, Terminal.NONE, false), omissions);
        assertThat(text(err)).startsWith("varve: 7 things left out:\n  /f0: owner\n")
                .endsWith("  /f4: owner\n  … and 2 more (with --json, all are listed)\n");
    }

    @Test
    void otherFailuresHaveTheirCodes() {
        Failures failures = new Failures(new Output(out, err, Terminal.NONE, false), false);
        assertThat(failures.report(new IOException("x"))).isEqualTo(ExitCode.FAILED);
        assertThat(failures.report(new AccessDeniedException("x"))).isEqualTo(ExitCode.NO_PERMISSION);
        assertThat(failures.report(new UncheckedIOException(new BadDataException("x", ""))))
                .isEqualTo(ExitCode.BAD_DATA);
        err.reset();
        assertThat(failures.report(new IllegalStateException("oh"))).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).isEqualTo(
                "varve: internal error: java.lang.IllegalStateException: oh\nhint: please report, run with --debug\n");
    }

    @Test
    void columnsAreAligned() {
        assertThat(new Table("A", "B").row("long", "x").row("é", "y").lines()).containsExactly("A     B", "long  x",
                "é     y");
    }

    @Test
    void numbersAreShort() {
        assertThat(List.of(Plain.bytes(0), Plain.bytes(999), Plain.bytes(1000), Plain.bytes(9949), Plain.bytes(9950),
                Plain.bytes(999_499), Plain.bytes(999_500), Plain.bytes(Long.MAX_VALUE)))
                .containsExactly("0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "9.2 EB");
    }

    @Test
    void longLinesOfATourAreBroken() {
        assertThat(Tour.wrapped("x".repeat(70) + " yyyyy zzzzz")).containsExactly("x".repeat(70), "  yyyyy zzzzz");
        assertThat(Tour.wrapped("x".repeat(90))).containsExactly("x".repeat(90));
    }

    @Test
    void aStreamThatFailsIsNotSwallowed() {
        Output output = new Output(new Broken("x"), err, Terminal.NONE, false);
        assertThatThrownBy(() -> {
            output.line("y");
            output.flush();
        }).isInstanceOf(IOException.class);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static final class Broken extends OutputStream {
        private final String reason;

        Broken(String reason) {
            this.reason = reason;
        }

        @Override
        public void write(int b) throws IOException {
            throw new IOException(reason);
        }
    }
}
