package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.adapter.overlay.OverlayDriverProvider;
import dev.varve.adapter.vfs.VfsDriverProvider;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.RootFiles;
import dev.varve.testkit.tree.TarBuilder;

/** Layers are made again and again, and each time another one of the system calls fails, or is the process's last. */
class MemoryFaultsTest {
    private static final Path STORE = Path.of("/store");
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId NEW = new LayerId("new");
    private static final byte[] BASE_ARCHIVE = new TarBuilder().directory("d/")
            .file("d/x", "x")
            .file("d/y", "y")
            .symlink("l", "d")
            .build();
    private static final byte[] ARCHIVE = new TarBuilder().file("d/new", "new")
            .whiteout("d/", "x")
            .hardLink("d/y2", "d/y")
            .directory("e/")
            .file("e/in", "in")
            .build();

    /** Something that makes the layer {@link #NEW}. */
    private enum Making {
        CREATE {
            @Override
            void run(LayerStore layers) throws VarveException {
                layers.create(NEW, Optional.of(BASE), Map.of());
            }
        },
        APPLY {
            @Override
            void run(LayerStore layers) throws VarveException {
                layers.apply(NEW, Optional.of(BASE), new ByteArrayInputStream(ARCHIVE), Expected.ANYTHING);
            }
        };

        abstract void run(LayerStore layers) throws VarveException;
    }

    static Stream<Arguments> cases() {
        return Stream.of(new VfsDriverProvider(), new OverlayDriverProvider())
                .flatMap(driver -> Stream.of(Making.values())
                        .map(making -> Arguments.of(driver.name(), driver, making)));
    }

    /** What there is of layers: the ids with what differs from the parent, and the places that the driver's home has. */
    private record State(List<String> layers, List<String> places) {}

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("cases")
    void aFailedCallLeavesTheLayerWholeOrAbsent(String name, LayerDriverProvider driver, Making making)
            throws Exception {
        State before = stateAfter(driver, layers -> {});
        State after = stateAfter(driver, making::run);
        int points = 0;
        for (Errno errno : List.of(Errno.EIO, Errno.ENOSPC)) {
            boolean reached = true;
            for (long k = 1; reached; k++) {
                MemorySyscalls kernel = kernel(driver);
                MemorySyscalls process = kernel.anotherProcess();
                MemoryHost host = new MemoryHost(driver, kernel);
                String point;
                boolean made;
                try (StoreUnderTest store = host.open(STORE, process)) {
                    process.failAt(k, errno);
                    Optional<VarveException> failure = failure(making, store.layers());
                    reached = process.calls() >= k;
                    point = "call " + k + ", " + call(process, k) + ", failed with " + errno;
                    process.clearFaults();
                    failure.ifPresent(e -> assertThat(e.getMessage()).as(point).isNotBlank().doesNotContain("\n"));
                    assertThat(reached || failure.isEmpty()).as(point).isTrue();
                    made = store.layers().exists(NEW);
                    assertThat(made || failure.isPresent()).as("%s: a loss that nobody was told of", point).isTrue();
                    assertThat(layers(store.layers())).as(point).isEqualTo((made ? after : before).layers());
                }
                assertThat(process.openHandles()).as("handles that are left open; %s", point).isZero();
                State expected = made ? after : before;
                assertThat(reopened(driver, kernel)).as(point).isEqualTo(expected);
                assertThat(reopened(driver, kernel.afterPowerLoss())).as(point).isEqualTo(expected);
                if (!made) {
                    try (StoreUnderTest store = host.open(STORE)) {
                        making.run(store.layers());
                        assertThat(layers(store.layers())).as("the second try; %s", point).isEqualTo(after.layers());
                    }
                }
                points++;
            }
        }
        System.out.println("[faults] " + name + " " + making + ": " + points + " points of failure");
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("cases")
    void aDeathLeavesTheLayerWholeOrAbsent(String name, LayerDriverProvider driver, Making making) throws Exception {
        State before = stateAfter(driver, layers -> {});
        State after = stateAfter(driver, making::run);
        int points = 0;
        boolean reached = true;
        for (long k = 1; reached; k++) {
            MemorySyscalls kernel = kernel(driver);
            MemorySyscalls process = kernel.anotherProcess();
            StoreUnderTest store = new MemoryHost(driver, kernel).open(STORE, process);
            process.crashAt(k);
            reached = dies(making, store.layers());
            String point = "died at call " + k + ", " + call(process, k);
            List<State> allowed = reached ? List.of(before, after) : List.of(after);
            assertThat(reopened(driver, kernel.afterPowerLoss())).as(point).isIn(allowed);
            assertThat(reopened(driver, kernel.afterPowerLoss(k))).as(point).isIn(allowed);
            process.afterKill();
            assertThat(reopened(driver, kernel)).as(point).isIn(allowed);
            points++;
        }
        System.out.println("[faults] " + name + " " + making + ": " + points + " deaths");
    }

    private static String call(MemorySyscalls process, long k) {
        List<String> log = process.log();
        return k <= log.size() ? log.get((int) k - 1) + ", after " + log.subList((int) Math.max(0, k - 6), (int) k - 1)
                : "which was not reached";
    }

    private static Optional<VarveException> failure(Making making, LayerStore layers) {
        try {
            making.run(layers);
            return Optional.empty();
        } catch (VarveException e) {
            return Optional.of(e);
        }
    }

    private static boolean dies(Making making, LayerStore layers) throws VarveException {
        try {
            making.run(layers);
            return false;
        } catch (dev.varve.testkit.fake.ProcessDeath e) {
            return true;
        }
    }

    private interface Step {
        void run(LayerStore layers) throws VarveException;
    }

    private static State stateAfter(LayerDriverProvider driver, Step step) throws VarveException {
        MemorySyscalls kernel = kernel(driver);
        try (StoreUnderTest store = new MemoryHost(driver, kernel).open(STORE)) {
            step.run(store.layers());
        }
        return reopened(driver, kernel);
    }

    /** A host whose store has the base layer, all on the disk. */
    private static MemorySyscalls kernel(LayerDriverProvider driver) throws VarveException {
        MemorySyscalls kernel = MemorySyscalls.create();
        kernel.makeDirectories(STORE.resolve(driver.name()));
        try (StoreUnderTest store = new MemoryHost(driver, kernel).open(STORE)) {
            store.layers().apply(BASE, Optional.empty(), new ByteArrayInputStream(BASE_ARCHIVE), Expected.ANYTHING);
        }
        return kernel;
    }

    private static State reopened(LayerDriverProvider driver, MemorySyscalls kernel) throws VarveException {
        try (StoreUnderTest store = new MemoryHost(driver, kernel).open(STORE);
                RootFiles home = new RootFiles(kernel.directory(STORE.resolve(driver.name()).resolve("layers")))) {
            return new State(layers(store.layers()), home.paths().stream().filter(p -> p.indexOf('/') < 0).toList());
        }
    }

    private static List<String> layers(LayerStore layers) throws VarveException {
        List<String> found = new java.util.ArrayList<>();
        for (LayerStore.LayerInfo layer : layers.list()) {
            LayerId id = layer.record().id();
            found.add(id + " " + layers.usage(id) + " "
                    + layers.changes(id, Optional.empty(), Comparison.METADATA).list());
        }
        return found;
    }
}
