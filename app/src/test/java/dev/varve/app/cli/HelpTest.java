package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;

class HelpTest {
    /** The paths of all commands, as they are typed. */
    static List<String> commands() {
        List<String> found = new ArrayList<>();
        collect(Commands.all(), "", found);
        return found;
    }

    private static void collect(CommandLine line, String path, List<String> found) {
        for (Map.Entry<String, CommandLine> sub : line.getSubcommands().entrySet()) {
            String name = (path + " " + sub.getKey()).strip();
            found.add(name);
            collect(sub.getValue(), name, found);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void eachCommandTellsWhatItIsForWithAnExample(String command) {
        CliRun run = CliRun.of(("help " + command).split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: varve " + command)
                .contains("Example", "varve " + command, "Exit codes: 0 done", "--store DIR", "--json");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theOptionSaysTheSameAsTheCommand(String command) {
        String expected = CliRun.of(("help " + command).split(" ")).out();
        assertThat(CliRun.of((command + " --help").split(" ")).out()).isEqualTo(expected);
        assertThat(CliRun.of((command + " -h").split(" ")).out()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleIsUnderstood(String command) {
        List<String> path = List.of(command.split(" "));
        for (String line : Commands.find(path).orElseThrow().usageMessage().footer()) {
            if (line.startsWith("varve ")) {
                String[] args = line.substring("varve ".length()).replaceAll(" [|<>].*", "").split(" ");
                assertThat(Commands.forArguments(List.of(args)).parseArgs(args)).as(line).isNotNull();
            }
        }
    }

    @Test
    void allCommandsAreListed() {
        CliRun run = CliRun.of("help");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(Commands.NAMES);
    }

    @Test
    void withoutACommandTheHelpIsAnError() {
        assertThat(CliRun.of()).isEqualTo(new CliRun(2, "", CliRun.of("help").out()));
        assertThat(CliRun.of("layer")).isEqualTo(new CliRun(2, "", CliRun.of("help", "layer").out()));
    }

    @Test
    void completionNamesTheVerbs() {
        CliRun run = CliRun.of("completion", "bash");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("_complete_varve", "umount", "--compression", "--storage-opt");
    }

    @Test
    void versionIsPrintedBothWays() {
        assertThat(CliRun.of("version").out()).startsWith("varve ").contains("Java ");
        assertThat(CliRun.of("--version")).isEqualTo(CliRun.of("version"));
        assertThat(CliRun.of("version", "--json").out()).startsWith("{\"version\":").endsWith("}\n");
    }
}
