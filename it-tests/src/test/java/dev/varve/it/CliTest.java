package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.varve.domain.tree.FileType;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** What the tests of the commands have in common: a store of their own, and how a command may fail. */
abstract class CliTest {
    private static final Set<String> UNTOLD = Stream.of("overlay", "vfs")
            .flatMap(d -> Stream.of("/" + d + "/catalogue/lock/owner", "/" + d + "/catalogue/next"))
            .collect(Collectors.toSet());
    static final byte[] BASE = new TarBuilder().directory("d/").file("d/a", "a").file("f", "f").build();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
        // Other users are to be stopped by the store, not by what is above it.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    Path directory() {
        return directory;
    }

    Path store() {
        return directory.resolve("store");
    }

    /** A command on the store. */
    Command varve(String... words) {
        return Command.varve("--store", store().toString()).with(words);
    }

    /** Its output, of a command that succeeds, as values by their paths. */
    TreeMap<String, String> json(String... words) throws IOException {
        return FlatJson.parse(varve(words).with("--json").succeeds().bytes());
    }

    Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    void applyBase() throws IOException {
        varve("layer", "apply", "base", "-").withInput(BASE).succeeds();
    }

    /** All files of the layers; no times of directories, which a layer that comes and goes changes. */
    TreeListing layerFiles() throws IOException {
        return Kernel.listing(driverHome().resolve("layers")).withoutTimesOf(FileType.DIRECTORY);
    }

    /** The directory of the one driver that the store has. */
    Path driverHome() throws IOException {
        try (var homes = Files.list(store())) {
            List<Path> found = homes.filter(h -> Files.isDirectory(h.resolve("layers"))).toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    /**
     * All that the store is: each file, and what is in it, of the layers, the catalogue and what lies beside them; no times of
     * directories, in which something may come and go, and not which process had the lock last, nor which number a layer
     * will have.
     */
    TreeListing storeFiles() throws IOException {
        return Kernel.listing(store()).withoutTimesOf(FileType.DIRECTORY).without(UNTOLD);
    }

    /** The command fails as failures are to look, and the store stays as it is. */
    void failsAndChangesNothing(int code, String names, Command command) throws IOException {
        TreeListing before = storeFiles();
        String listed = varve("layer", "ls", "--json").succeeds().output();
        fails(code, names, command);
        storeFiles().assertSameAs(before, "the store after " + command.words());
        assertThat(varve("layer", "ls", "--json").succeeds().output()).isEqualTo(listed);
    }

    /** The same, and it says what to do. */
    void failsWithAHintAndChangesNothing(int code, String names, String hint, Command command) throws IOException {
        failsAndChangesNothing(code, names, command);
        assertThat(command.run().errors().lines().toList()).as("%s", command.words())
                .hasSize(2)
                .last(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .startsWith("hint: ")
                .contains(hint);
    }

    /** One line that says what went wrong and names the thing, one that says what to do, and nothing else. */
    static void fails(int code, String names, Command command) throws IOException {
        Command.Result result = command.run().endsWith(code);
        assertThat(result.output()).as("%s", command.words()).isEmpty();
        List<String> lines = result.errors().lines().toList();
        assertThat(lines).as("%s", command.words()).hasSize(2);
        assertThat(lines.getFirst()).startsWith("varve: ").contains(names);
        assertThat(lines.getLast()).startsWith("hint: ");
        assertThat(result.errors()).doesNotContain("internal error").doesNotContain("Exception");
    }
}
