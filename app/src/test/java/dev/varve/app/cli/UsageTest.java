package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** None of these reaches a store. */
class UsageTest {
    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "layer nonsense", "layer create", "layer create x y",
        "layer create x --nonsense", "layer create x --parent", "layer diff x -o /",
        "layer create x --parent a --image b", "layer create x --label y", "layer create x --label =y", "layer apply x",
        "layer ls x", "layer changes x --compare nonsense", "layer diff x --compression xz -o f", "layer diff x --json",
        "layer diff x -o - --json", "layer apply x /", "image load", "image load x --name", "help nonsense",
        "completion zsh", "driver status x y", "--store", "--store= layer ls", "--driver= status",
        "--storage-opt x status", "image load x y"})
    void isOneLineAndAHint(String line) {
        CliRun run = CliRun.of(line.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        if (!line.contains("--json")) {
            assertThat(run.err()).matches("varve: [^\n]+\nhint: [^\n]+\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0001b", "a\u001b[31mb", "a\nb"})
    void anIllegalIdIsTheUsersMistake(String id) {
        CliRun run = CliRun.of("layer", "size", id);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).matches("varve: a layer id must not[^\n]+\nhint: [^\n]+\n");
    }

    @Test
    void aMissingFileIsNoSuchThing() {
        assertThat(CliRun.of("image", "load", "/nonexistent/x.tar"))
                .satisfies(run -> assertThat(run.code()).isEqualTo(3))
                .satisfies(run -> assertThat(run.err())
                        .matches("varve: no such file: /nonexistent/x.tar\nhint: check its name\n"));
        assertThat(CliRun.of("layer", "apply", "x", "/nonexistent/x.tar").code()).isEqualTo(3);
        assertThat(CliRun.of("quickstart", "/nonexistent/x.tar").code()).isEqualTo(3);
        for (String verb : List.of("layer diff", "image save")) {
            CliRun run = CliRun.of((verb + " x -o /nonexistent/x.tar").split(" "));
            assertThat(run.code()).as(verb).isEqualTo(3);
            assertThat(run.err()).matches(
                    "varve: -o /nonexistent/x.tar: no such directory[^\n]*\nhint: make it first: mkdir -p /nonexistent\n");
        }
    }

    @Test
    void withJsonAnErrorIsOneDocument() {
        CliRun run = CliRun.of("layer", "nonsense", "--json");
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).matches(
                "\\{\"error\":\"unknown command: nonsense\",\"kind\":\"usage\",\"hint\":\".*\",\"exitCode\":2}\n");
        assertThat(CliRun.of("--json").err()).startsWith("{\"error\":").contains("\"exitCode\":2");
    }

    @Test
    void anArchiveIsNotWrittenToATerminal() {
        CliRun run = CliRun.of(new Terminal(true, true, true, false), "layer", "diff", "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("terminal", "-o");
    }

    @Test
    void debugAddsTheTrace() {
        CliRun run = CliRun.of("layer", "create", "x", "--label", "y", "--debug");
        assertThat(run.err()).startsWith("varve: --label y: not KEY=VALUE\n").contains("CliException", "\n    at ");
    }

    @Test
    void whatFollowsTwoDashesIsNoOption() {
        CliRun run = CliRun.of("layer", "create", "--label", "y", "--", "--json");
        assertThat(run.err()).startsWith("varve: --label y");
    }
}
