package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.app.VarveConfig;

class GlobalOptionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"--store /s --driver d --storage-opt d.k=v --json --debug layer ls",
        "layer --store /s --driver d --storage-opt d.k=v --json --debug ls",
        "layer ls --store /s --driver d --storage-opt d.k=v --json --debug",
        "--store=/s layer --driver=d --json ls --storage-opt=d.k=v --debug"})
    void standAnywhere(String line) throws Exception {
        GlobalOptions options = parse(line.split(" "));
        assertThat(options.store()).contains(Path.of("/s"));
        assertThat(options.config().store()).isEqualTo(Path.of("/s"));
        assertThat(options.config().driver()).contains("d");
        assertThat(options.config().options()).containsExactlyEntriesOf(Map.of("d.k", "v"));
        assertThat(options.json()).isTrue();
        assertThat(options.debug()).isTrue();
    }

    @Test
    void theLaterOneCounts() throws Exception {
        assertThat(parse("--store", "/a", "layer", "ls", "--store", "/b").config().store()).isEqualTo(Path.of("/b"));
        assertThat(parse("--store", "/a", "--store", "/b", "--json", "--json", "layer", "ls").config().store())
                .isEqualTo(Path.of("/b"));
    }

    @Test
    void storageOptionsAddUp() throws Exception {
        GlobalOptions options = parse("--storage-opt", "a=1", "layer", "ls", "--storage-opt", "b=2=3", "--storage-opt",
                "c=");
        assertThat(options.config().options()).isEqualTo(Map.of("a", "1", "b", "2=3", "c", ""));
    }

    @Test
    void withoutThemTheUsersStoreIsMeant() throws Exception {
        GlobalOptions options = parse("layer", "ls");
        assertThat(options.store()).isEmpty();
        assertThat(options.config().store()).isEqualTo(VarveConfig.ofUser().store());
        assertThat(options.config().driver()).isEmpty();
    }

    @Test
    void theSameForAStoreElsewhere() throws Exception {
        VarveConfig config = parse("--store", "/s", "--driver", "d", "--storage-opt", "a=1", "status")
                .configFor(Path.of("/t"));
        assertThat(config.store()).isEqualTo(Path.of("/t"));
        assertThat(config.driver()).contains("d");
        assertThat(config.options()).isEqualTo(Map.of("a", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--store=", "--driver=", "--storage-opt=x", "--storage-opt==x"})
    void nonsenseIsAUsageError(String option) {
        assertThatThrownBy(() -> parse(option, "layer", "ls")).isInstanceOfSatisfying(CliException.class,
                e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void theValueOfAGlobalOptionIsNoVerb() {
        assertThat(Commands.word(List.of("--store", "layer", "image", "--json", "ls"), 0)).isEqualTo("image");
        assertThat(Commands.word(List.of("--store", "layer", "image", "--json", "ls"), 1)).isEqualTo("ls");
        assertThat(Commands.word(List.of("--store", "layer"), 0)).isNull();
        assertThat(Commands.word(List.of("layer", "--", "ls"), 1)).isNull();
        assertThat(Commands.word(List.of("layer", "apply", "x", "-"), 3)).isEqualTo("-");
    }

    private static GlobalOptions parse(String... args) throws CliException {
        return GlobalOptions.of(Commands.forArguments(List.of(args)).parseArgs(args));
    }
}
