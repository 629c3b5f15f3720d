package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.varve.domain.tree.FileType;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** What the tests of the commands have in common: a store of their own, and how a command may fail. */
abstract class CliTest {
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

    /** The command fails as failures are to look, and the store stays as it is. */
    void failsAndChangesNothing(int code, String names, Command command) throws IOException {
        TreeListing before = layerFiles();
        String listed = varve("layer", "ls", "--json").succeeds().output();
        fails(code, names, command);
        layerFiles().assertSameAs(before, "the files of the layers after " + command.words());
        assertThat(varve("layer", "ls", "--json").succeeds().output()).isEqualTo(listed);
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
