package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The overlay suites and a command as an ordinary user, in a user namespace of its own: there overlayfs keeps its
 * attributes in {@code user.overlay.}, and the only owner that there is, is the user.
 */
@Tag("kernel")
class UserNamespaceIT {
    private static final List<Class<?>> SUITES = List.of(OverlayLifecycleIT.class, OverlayContentIT.class,
            OverlayLegacyContentIT.class, OverlayHardlinkContentIT.class, OverlayHardlinkLifecycleIT.class);
    /** Of a chain that is too long, of which there is none where everything is stacked on one full tree. */
    private static final int SKIPPED = 1;
    private static final Pattern SUMMARY = Pattern.compile("succeeded ([0-9]+), failed 0, skipped " + SKIPPED);
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
        if (Drivers.isRoot()) {
            Command.of("chown", "65534:65534", directory.toString()).succeeds();
        }
        Assumptions.assumeTrue(inNamespace(Command.of("true")).run().code() == 0,
                "an ordinary user may not make a user namespace here");
        Assumptions.assumeTrue(
                inNamespace(Command.of("touch", directory.resolve("reached").toString())).run().code() == 0,
                "another user cannot reach the checkout");
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    @Test
    void theOverlaySuitesPass() throws IOException {
        List<String> words = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), SuitesInProcess.class.getName()));
        SUITES.forEach(s -> words.add(s.getName()));
        // Beneath a short path: archives of the suites hold links to where they run.
        Command.Result result = inNamespace(
                Command.of("sh", "-c", "mount --bind \"$0\" /mnt && cd /mnt && exec \"$@\"", directory.toString())
                        .with(words.toArray(String[]::new)))
                .run();
        Matcher summary = SUMMARY.matcher(result.line());
        assertThat(summary.find()).as("%s %s", result.output(), result.errors()).isTrue();
        assertThat(Integer.parseInt(summary.group(1))).isGreaterThan(SUITES.size() * 20);
    }

    @Test
    void theCommandMountsAnOverlayOfItsOwn() throws IOException {
        Path store = directory.resolve("store");
        Assumptions.assumeTrue(inNamespace(Command.varve("version")).run().code() == 0,
                "another user cannot reach the checkout or the JDK");
        Command.Result status = inNamespace(Command.varve("--store", store.toString(), "driver", "status")).succeeds();
        assertThat(status.output()).containsPattern("driver +overlay")
                .containsPattern("xattr_namespace +user\\.overlay\\.")
                .containsPattern("whiteouts +character device 0:0");
        assertThat(inNamespace(Command.varve("--store", store.toString(), "quickstart")).succeeds().output())
                .contains("a mount of type overlay", "both trees are equal", "Done");
    }

    private static Command inNamespace(Command command) {
        Command unshared = Command.of("unshare", "-Urm").with(command.words().toArray(String[]::new));
        return Drivers.isRoot() ? unshared.asNobody() : unshared;
    }

    /** Copied to where another user can read it, since Maven's repository may be in a home that is closed. */
    private String classPath() throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(entry);
            Path to = Files.createDirectories(directory.resolve("class-path")).resolve(Integer.toString(copies.size()));
            if (Files.isDirectory(from)) {
                copyTree(from, to);
                copies.add(to.toString());
            } else if (Files.isRegularFile(from)) {
                copies.add(Files.copy(from, to.resolveSibling(to.getFileName() + ".jar")).toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
