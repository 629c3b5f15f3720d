package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the command, in a checkout whose Java and Maven only tell how they were called. */
class LauncherTest {
    private static final String BUILT = "app/target/dist/lib/varve-app-1.jar";
    @TempDir
    Path directory;
    private Path checkout = Path.of("");
    private Path java = Path.of("");

    @BeforeEach
    void makeCheckout() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        checkout = directory.resolve("a check'out");
        for (String module : List.of("domain", "ports", "adapter-x", "app")) {
            Files.createDirectories(checkout.resolve(module).resolve("src/main"));
            Files.writeString(checkout.resolve(module).resolve("pom.xml"), "");
        }
        Files.writeString(checkout.resolve("pom.xml"), "");
        Files.copy(Command.launcher(), checkout.resolve("varve"));
        executable(checkout.resolve("varve"));
        java = jdk("jdk 25", "25.0.1");
        script(directory.resolve("bin/mvn"), "echo mvn >>'" + directory.resolve("calls") + "'; sleep 0.5"
                + "; mkdir -p app/target/dist/lib; touch " + BUILT);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = directory.resolve(name);
        script(home.resolve("bin/java"), "for a; do echo \"$a\"; done");
        script(home.resolve("bin/javac"), "exit 1");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + content + "\n");
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Command launch(Path launcher) {
        return Command.of(launcher.toString(), "some", "words here")
                .withEnvironment("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"))
                .withEnvironment("VARVE_JAVA_HOME", java.toString())
                .withEnvironment("VARVE_JAVA_OPTS", "-Dx=y");
    }

    private Command launch() {
        return launch(checkout.resolve("varve"));
    }

    private long builds() throws IOException {
        Path calls = directory.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    @Test
    void itIsStartedFromAnywhereAndThroughLinks() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("varve-link"), Path.of("second"));
        Files.createSymbolicLink(directory.resolve("second"), checkout.resolve("varve"));
        List<String> words = launch(link).succeeds().output().lines().toList();
        assertThat(words).contains("-Dx=y", "-p", checkout.resolve("app/target/dist/lib").toString())
                .endsWith("-m", "dev.varve.app/dev.varve.app.cli.Main", "some", "words here");
        assertThat(launch().succeeds().output().lines().toList()).endsWith("some", "words here");
        assertThat(builds()).as("it was built once").isEqualTo(1);
    }

    @Test
    void itIsBuiltOnceHoweverManyAreTheFirst() throws IOException, InterruptedException, ExecutionException {
        List<Future<Command.Result>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                results.add(threads.submit(() -> launch().run()));
            }
        }
        for (Future<Command.Result> result : results) {
            assertThat(result.get().endsWith(0).output()).endsWith("some\nwords here\n");
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aJdkThatIsNamedAndDoesNotDoIsNotPassedOver() throws IOException {
        for (Path home : List.of(jdk("jdk 17", "17.0.9"), directory.resolve("nowhere"))) {
            Command.Result result = launch().withEnvironment("VARVE_JAVA_HOME", home.toString()).run();
            assertThat(result.endsWith(6).errors())
                    .isEqualTo("varve: VARVE_JAVA_HOME is " + home + ", which holds no JDK 25 or newer.\n"
                            + "       Set it to the directory of one (the one with bin/java in it), or unset it.\n");
        }
        assertThat(builds()).isZero();
    }

    @Test
    void theJavaOfTheHostMayBeOlder() throws IOException {
        Command.Result result = launch().withEnvironment("VARVE_JAVA_HOME", "")
                .withEnvironment("JAVA25_HOME", java.toString())
                .withEnvironment("JAVA_HOME", jdk("jdk 17", "17.0.9").toString())
                .run();
        assertThat(result.endsWith(0).output()).endsWith("some\nwords here\n");
    }

    @Test
    void aBuildThatFailsIsToldWithItsLog() throws IOException {
        script(directory.resolve("bin/mvn"), "echo RequireMavenVersion failed; exit 1");
        assertThat(launch().run().endsWith(6).errors()).contains("RequireMavenVersion failed\n", "the build failed");
    }

    @Test
    void whoMayNotBuildRunsWhatIsThereOrIsToldWhatToDo() throws IOException {
        Assumptions.assumeTrue(Drivers.isRoot(), "needs root, to act as a second user");
        assertThat(launch().asNobody().run().endsWith(6).errors()).contains("not built yet", "is not writable",
                "as its owner");
        launch().succeeds();
        Files.writeString(checkout.resolve("pom.xml"), "changed");
        Command.Result result = launch().asNobody().run();
        assertThat(result.endsWith(0).output()).endsWith("some\nwords here\n");
        assertThat(result.errors()).contains("running the build as it is");
        assertThat(builds()).isEqualTo(1);
    }
}
