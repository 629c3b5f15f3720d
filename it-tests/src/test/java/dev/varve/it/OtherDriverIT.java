package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A driver by somebody else, in a jar that Varve was built without: it is found, chosen and used as Varve's own are. */
class OtherDriverIT extends CliTest {
    private static final Path SOURCES = Path.of("src", "test", "resources", "drivers", "plain").toAbsolutePath();
    private static final Path LIB = Path.of(System.getProperty("varve.dist", "../app/target/dist"))
            .toAbsolutePath()
            .resolve("lib")
            .normalize();
    private static final String MAIN = "dev.varve.app.cli.Main";

    @Test
    void aJarOnTheModulePathIsListedAndTriedAfterVarvesOwn() throws IOException {
        TreeMap<String, String> drivers = FlatJson
                .parse(modules(driver("plain")).with("driver", "ls", "--json").succeeds().bytes());
        assertThat(drivers).containsEntry("drivers/0/driver", "overlay")
                .containsEntry("drivers/1/driver", "vfs")
                .containsEntry("drivers/2/driver", "plain")
                .containsEntry("drivers/2/support", "yes")
                .containsEntry("drivers/2/selected", "false")
                .doesNotContainKey("drivers/3/driver");
        assertThat(store()).as("a store that was only asked about").doesNotExist();
    }

    @Test
    void aLayerLivesWithIt() throws IOException {
        Command varve = modules(driver("plain"));
        varve.with("layer", "apply", "base", "-", "--driver", "plain").withInput(BASE).succeeds();
        assertThat(driverHome()).isEqualTo(store().resolve("plain"));
        TreeMap<String, String> status = FlatJson.parse(varve.with("status", "--json").succeeds().bytes());
        assertThat(status).containsEntry("driver", "plain")
                .containsEntry("chosenBy", "priorState")
                .containsEntry("layers", "1");
        varve.with("layer", "create", "top", "--parent", "base").succeeds();
        Path root = Path.of(varve.with("layer", "mount", "top").succeeds().line());
        Files.writeString(root.resolve("d/new"), "new");
        Files.delete(root.resolve("f"));
        varve.with("layer", "umount", "top").succeeds();
        assertThat(varve.with("layer", "changes", "top").succeeds().output().lines()).containsExactly("C /d",
                "A /d/new", "D /f");
        byte[] diff = varve.with("layer", "diff", "top").succeeds().bytes();
        varve.with("layer", "apply", "copy", "-", "--parent", "base").withInput(diff).succeeds();
        Path copy = Path.of(varve.with("layer", "mount", "copy").succeeds().line());
        assertThat(copy.resolve("d/new")).hasContent("new");
        assertThat(copy.resolve("f")).doesNotExist();
        varve.with("layer", "umount", "copy").succeeds();
        varve.with("layer", "rm", "copy").succeeds();
        varve.with("layer", "rm", "top").succeeds();
    }

    @Test
    void itsLayersAreMissedWhereItIsNotThere() throws IOException {
        modules(driver("plain")).with("layer", "apply", "base", "-", "--driver", "plain").withInput(BASE).succeeds();
        fails(3, "plain", varve("layer", "ls"));
        assertThat(FlatJson.parse(varve("driver", "ls", "--json").succeeds().bytes()))
                .containsEntry("drivers/0/selected", "false")
                .containsEntry("drivers/1/selected", "false");
    }

    @Test
    void itsNameTwiceIsRefusedAndBothModulesAreNamed() throws IOException {
        Command varve = modules(driver("plain"), driver("other"));
        fails(1, "two drivers have the name plain", varve.with("driver", "ls"));
        fails(1, "module org.example.plain", varve.with("status"));
        fails(1, "module org.example.other", varve.with("layer", "ls", "--driver", "vfs"));
    }

    @ParameterizedTest
    @CsvSource({"absent,notSupported", "missing,prerequisitesNotMet", "misplaced,incompatibleBackingFileSystem"})
    void itsThreeKindsOfNoAreToldApart(String answer, String kind) throws IOException {
        Command varve = modules(driver("plain")).with("--storage-opt", "plain.answer=" + answer);
        Command named = varve.with("layer", "ls", "--driver", "plain");
        Command.Result refused = named.with("--json").run().endsWith(6);
        assertThat(FlatJson.parse(refused.errors().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .containsEntry("kind", kind)
                .containsEntry("exitCode", "6");
        fails(6, "the plain driver", named);
        assertThat(FlatJson.parse(varve.with("driver", "ls", "--json").succeeds().bytes()))
                .containsEntry("drivers/2/support", kind);
        assertThat(store().resolve("plain")).as("the home of a driver that was refused").doesNotExist();
        fails(2, "plain.answer cannot be " + answer + "x",
                varve.with("layer", "ls", "--driver", "plain", "--storage-opt", "plain.answer=" + answer + "x"));
    }

    /** There a list of services in the jar counts instead of the module's descriptor. */
    @Test
    void aJarOnTheClassPathIsFoundToo() throws IOException {
        String path = LIB + "/*:" + driver("plain");
        Command varve = java("-cp", path, "--enable-native-access=ALL-UNNAMED", MAIN, "--store", store().toString());
        varve.with("layer", "apply", "base", "-", "--driver", "plain").withInput(BASE).succeeds();
        assertThat(varve.with("layer", "ls").succeeds().output()).contains("base");
        assertThat(driverHome()).isEqualTo(store().resolve("plain"));
    }

    /** A driver that cannot even be loaded does not end in a trace. */
    @Test
    void oneThatCannotBeLoadedIsNamed() throws IOException {
        Path broken = directory().resolve("broken");
        Path services = Files.createDirectories(broken.resolve("META-INF/services"));
        Files.writeString(services.resolve("dev.varve.ports.driver.LayerDriverProvider"), "org.example.Gone\n");
        fails(1, "org.example.Gone", java("-cp", LIB + "/*:" + broken, "--enable-native-access=ALL-UNNAMED", MAIN,
                "--store", store().toString(), "driver", "ls"));
    }

    private Command modules(Path... drivers) {
        String path = LIB + Stream.of(drivers).map(d -> ":" + d).reduce("", String::concat);
        return java("-p", path, "--enable-native-access=dev.varve.adapter.syscall.ffm,com.github.luben.zstd_jni",
                "--illegal-native-access=deny", "-m", "dev.varve.app/" + MAIN, "--store", store().toString());
    }

    private static Command java(String... words) {
        return Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()).with(words);
    }

    /** Builds the driver as the module {@code org.example.NAME}; what it calls itself stays {@code plain}. */
    private Path driver(String name) throws IOException {
        Path sources = directory().resolve(name + "-sources");
        Path classes = directory().resolve(name + "-classes");
        List<String> javac = new ArrayList<>(List.of("-p", LIB.toString(), "-proc:none", "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file).replace("org.example.plain", "org.example." + name);
                Path relative = SOURCES.relativize(file);
                boolean java = file.toString().endsWith(".java");
                Path copy = (java ? sources : classes)
                        .resolve(relative.toString().replace("org/example/plain", "org/example/" + name));
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, text);
                if (java) {
                    javac.add(copy.toString());
                }
            }
        }
        run("javac", javac);
        Path jar = directory().resolve(name + ".jar");
        run("jar", List.of("--create", "--file", jar.toString(), "-C", classes.toString(), "."));
        return jar;
    }

    private static void run(String tool, List<String> arguments) {
        int code = ToolProvider.findFirst(tool)
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(code).as("%s %s", tool, arguments).isZero();
    }
}
