package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/**
 * Two processes with 64 threads together work on one store at once: {@code -Dvarve.load.seconds} for each driver. What is
 * there afterwards is what they say that they left.
 */
class LoadIT {
    private static final int PROCESSES = 2;
    private static final int THREADS = 32;
    private static final long SECONDS = Long.getLong("varve.load.seconds", 10);
    private static final List<String> PARENTS = List.of("one", "two", "three");

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "vfs"})
    void nothingIsLostAndNothingIsLeft(String driver) throws Exception {
        assumeTrue(Drivers.isRoot() || !driver.equals("overlay"), "mounting an overlay needs root");
        Path directory = Drivers.freshDirectory();
        Path store = directory.resolve("store");
        VarveConfig config = VarveConfig.of(store).withDriver(driver);
        try {
            try (Varve varve = Varve.open(config)) {
                for (String parent : PARENTS) {
                    varve.layers()
                            .apply(new LayerId(parent), Optional.empty(),
                                    new ByteArrayInputStream(
                                            new TarBuilder().file("parent", parent).directory("d/").build()),
                                    Expected.ANYTHING);
                }
            }
            Set<String> kept = new TreeSet<>(PARENTS);
            long operations = 0;
            List<Command.Result> results = new ArrayList<>();
            for (FutureTask<Command.Result> worker : start(driver, store)) {
                results.add(worker.get());
            }
            for (Command.Result result : results) {
                for (String line : result.endsWith(0).output().lines().toList()) {
                    if (line.startsWith(LoadWorker.KEPT)) {
                        kept.add(line.substring(LoadWorker.KEPT.length()));
                    } else if (line.startsWith(LoadWorker.DONE)) {
                        operations += Long.parseLong(line.substring(LoadWorker.DONE.length()));
                    }
                }
            }
            System.out.println("[load] " + driver + ": " + operations + " operations in " + SECONDS + " s, "
                    + kept.size() + " layers kept");
            assertThat(operations).isPositive();
            holds(config, kept);
        } catch (Throwable e) {
            deleteAfter(directory, e);
            throw e;
        }
        Drivers.delete(directory);
    }

    private static void deleteAfter(Path directory, Throwable cause) {
        try {
            Drivers.delete(directory);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static List<FutureTask<Command.Result>> start(String driver, Path store) {
        long seed = System.nanoTime();
        System.out.println("[load] " + driver + ", seed " + seed);
        List<FutureTask<Command.Result>> workers = new ArrayList<>();
        for (int p = 0; p < PROCESSES; p++) {
            Command worker = Command
                    .of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                            LoadWorker.class.getName(), driver, store.toString(), "p" + p, Integer.toString(THREADS),
                            Long.toString(SECONDS), Long.toString(seed + (long) p * THREADS))
                    .with(PARENTS.toArray(String[]::new));
            FutureTask<Command.Result> task = new FutureTask<>(worker::run);
            Thread.ofVirtual().start(task);
            workers.add(task);
        }
        return workers;
    }

    /** The store has those layers, each with its owner's last word in it, and no files, mounts or holds besides. */
    private static void holds(VarveConfig config, Set<String> kept) throws IOException {
        try (Varve varve = Varve.open(config)) {
            LayerStore layers = varve.layers();
            Set<String> found = new TreeSet<>();
            Set<String> numbers = new TreeSet<>();
            for (LayerStore.LayerInfo layer : layers.list()) {
                String id = layer.record().id().value();
                found.add(id);
                numbers.add(layer.record().number().toString());
                assertThat(layer.leases()).as("holds on %s", id).isZero();
                assertThat(layer.mountedAt()).as("mount of %s", id).isEmpty();
            }
            assertThat(found).isEqualTo(kept);
            Path home = config.store().resolve(config.driver().orElseThrow());
            assertThat(names(home.resolve("layers"))).as("places of layers").isEqualTo(numbers);
            assertThat(names(home.resolve("spool"))).as("spool files").isEmpty();
            for (String id : kept) {
                if (!PARENTS.contains(id)) {
                    try (Lease lease = layers.acquire(new LayerId(id))) {
                        assertThat(lease.path().resolve("owner")).hasContent(id);
                    }
                }
            }
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return new TreeSet<>(all.map(p -> p.getFileName().toString()).toList());
        }
    }
}
