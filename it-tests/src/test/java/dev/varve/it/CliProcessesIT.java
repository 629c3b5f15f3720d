package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Several processes on one store, and one that dies. */
class CliProcessesIT extends CliTest {
    private static final int PROCESSES = 4;

    @Test
    void severalAtOnceMakeAndRemoveLayers() throws Exception {
        applyBase();
        TreeListing before = layerFiles();
        String script = """
                set -e
                for i in 1 2 3 4 5 6 7 8 9 10; do
                    "$0" --store "$1" layer create "$2-$i" --parent base
                    "$0" --store "$1" layer rm "$2-$i"
                done""";
        List<FutureTask<Command.Result>> loops = new ArrayList<>();
        for (int p = 0; p < PROCESSES; p++) {
            Command loop = Command.of("sh", "-c", script, Command.launcher().toString(), store().toString(), "p" + p);
            FutureTask<Command.Result> task = new FutureTask<>(loop::run);
            Thread.ofVirtual().start(task);
            loops.add(task);
        }
        for (FutureTask<Command.Result> loop : loops) {
            assertThat(loop.get().endsWith(0).output().lines()).hasSize(10);
        }
        assertThat(json("layer", "ls")).containsEntry("layers/0/id", "base")
                .containsEntry("layers/0/children", "0")
                .doesNotContainKey("layers/1/id");
        layerFiles().assertSameAs(before, "the files of the layers");
    }

    @Test
    void oneThatIsKilledWhileItFillsALayerLeavesNothing() throws Exception {
        applyBase();
        TreeListing before = layerFiles();
        byte[] tar = new TarBuilder().file("first", "1")
                .entry("large", '0', 0644, 0, 0, 1, "", new byte[4 << 20])
                .build();
        Process process = varve("layer", "apply", "x", "-", "--parent", "base").start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(Arrays.copyOf(tar, tar.length / 2));
            in.flush();
            awaitFile("large");
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } catch (IOException e) {
            // The stream breaks with the process.
        }
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        assertThat(json("layer", "ls")).containsEntry("layers/0/id", "base").doesNotContainKey("layers/1/id");
        layerFiles().assertSameAs(before, "the files of the layers, once the next command has cleared away");
        varve("layer", "apply", "x", "-", "--parent", "base").withInput(tar).succeeds();
    }

    /** Waits until a file of this name is somewhere in the store. */
    private void awaitFile(String name) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(Duration.ofSeconds(60));
        while (Instant.now().isBefore(end)) {
            try (var files = Files.walk(store())) {
                if (files.anyMatch(f -> f.endsWith(name))) {
                    return;
                }
            } catch (java.io.UncheckedIOException e) {
                // What was listed is gone.
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no file " + name + " in " + store());
    }
}
