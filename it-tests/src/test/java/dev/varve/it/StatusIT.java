package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import dev.varve.app.DriverReason;
import dev.varve.app.StoreStatus;
import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;

/** A store tells how it is kept, what is in it and who holds what. */
class StatusIT extends CliTest {
    private static final LayerId BASE_ID = new LayerId("base");
    private static final LayerId TOP = new LayerId("top");

    private Varve filled(VarveConfig config) throws VarveException {
        Varve varve = Varve.open(config);
        varve.layers().apply(BASE_ID, Optional.empty(), new ByteArrayInputStream(BASE), Expected.ANYTHING);
        varve.layers().create(TOP, Optional.of(BASE_ID), Map.of());
        return varve;
    }

    @Test
    void itTellsWhatTheStoreIsAndHoldsAndTakes() throws IOException {
        try (Varve varve = filled(VarveConfig.of(store()))) {
            StoreStatus status = varve.status();
            assertThat(status.store()).isEqualTo(store());
            assertThat(status.reason()).isEqualTo(DriverReason.ORDER);
            assertThat(status.driverFindings()).isNotEmpty();
            assertThat(status.kernel()).isEqualTo(System.getProperty("os.version"));
            assertThat(status.bytesTotal()).isGreaterThanOrEqualTo(status.bytesAvailable()).isPositive();
            assertThat(status.layers()).extracting(StoreStatus.LayerUse::id).containsExactly(BASE_ID, TOP);
            assertThat(status.count(LayerKind.COMMITTED)).isEqualTo(1);
            assertThat(status.count(LayerKind.ACTIVE)).isEqualTo(1);
            assertThat(status.layers().getFirst().usage()).contains(varve.layers().usage(BASE_ID));
            assertThat(status.layers().get(1).usage()).contains(varve.layers().usage(TOP));
            Usage base = varve.layers().usage(BASE_ID);
            Usage top = varve.layers().usage(TOP);
            assertThat(status.total()).isEqualTo(new Usage(base.size() + top.size(), base.allocated() + top.allocated(),
                    base.inodes() + top.inodes()));
            assertThat(status.leases()).isEmpty();
            assertThat(status.mounts()).isEmpty();
        }
    }

    @Test
    void theFileSystemHasItsName() throws IOException {
        String kernels = Command.of("stat", "-f", "-c", "%t", directory().toString()).succeeds().line();
        try (Varve varve = filled(VarveConfig.of(store()))) {
            assertThat(varve.status().fileSystem())
                    .isEqualTo(dev.varve.domain.mount.FileSystemType.name(Long.parseLong(kernels, 16)));
        }
    }

    @Test
    void aLeaseIsShownWithItsProcessAndItsMountUntilItIsOver() throws IOException {
        try (Varve varve = filled(VarveConfig.of(store()))) {
            Instant before = Instant.now();
            try (Lease lease = varve.layers().acquire(TOP)) {
                Files.writeString(lease.path().resolve("new"), "12345");
                StoreStatus status = varve.status();
                assertThat(status.leases()).singleElement().satisfies(l -> {
                    assertThat(l.layer()).isEqualTo(TOP);
                    assertThat(l.path()).isEqualTo(lease.path());
                    assertThat(l.access()).isEqualTo(Access.READ_WRITE);
                    assertThat(l.pid()).contains(ProcessHandle.current().pid());
                    assertThat(l.since()).isBetween(before, Instant.now());
                });
                if (status.driver().equals("overlay")) {
                    assertThat(status.mounts())
                            .containsExactly(new StoreStatus.LayerMount(TOP, lease.path(), "overlay", false));
                }
                long grown = status.layers().get(1).usage().orElseThrow().size();
                assertThat(grown).as("a layer that is being written to is measured").isGreaterThanOrEqualTo(5);
            }
            assertThat(varve.status().leases()).isEmpty();
            assertThat(varve.status().mounts()).isEmpty();
        }
    }

    @Test
    void theCommandTellsTheSameInJsonAndInWords() throws IOException {
        filled(VarveConfig.of(store())).close();
        String path = varve("layer", "mount", "top").succeeds().line();
        TreeMap<String, String> json = json("status");
        assertThat(json).containsEntry("store", store().toString())
                .containsEntry("chosenBy", "priorState")
                .containsEntry("layers", "2")
                .containsEntry("layersByKind/active", "1")
                .containsEntry("layersByKind/view", "0")
                .containsEntry("layersByKind/committed", "1")
                .containsEntry("usageByLayer/0/layer", "base")
                .containsEntry("usageByLayer/0/size", "2")
                .containsEntry("images", "0")
                .containsEntry("leases", "1")
                .containsEntry("liveLeases/0/layer", "top")
                .containsEntry("liveLeases/0/path", path)
                .containsEntry("liveLeases/0/pid", "null")
                .containsEntry("kernel", System.getProperty("os.version"));
        String words = varve("status").succeeds().output();
        assertThat(words).contains("the store holds its layers already")
                .contains("2: 1 active, 1 committed")
                .contains(path)
                .contains(System.getProperty("os.version"));
        varve("layer", "umount", "top").succeeds();
        assertThat(json("status")).containsEntry("leases", "0").containsEntry("mounts", "0");
    }

    @Test
    void itTellsWhyTheDriverWasChosen() throws IOException {
        applyBase();
        String driver = json("status").get("driver");
        assertThat(json("status", "--driver", driver)).containsEntry("chosenBy", "caller");
        assertThat(FlatJson.parse(varve("status", "--json").withEnvironment("VARVE_DRIVER", driver).succeeds().bytes()))
                .containsEntry("chosenBy", "environment");
        try (Varve varve = Varve.open(VarveConfig.of(store()).withDefaultDriver(driver))) {
            assertThat(varve.status().reason()).isEqualTo(DriverReason.DEFAULT);
        }
        try (Varve varve = Varve.open(VarveConfig.of(directory().resolve("new")).withDriverOrder("none", "vfs"))) {
            assertThat(varve.status().driver()).isEqualTo("vfs");
            assertThat(varve.status().reason()).isEqualTo(DriverReason.ORDER);
        }
    }

    @Test
    void askingForDriversMakesNoStore() throws IOException {
        Path theirs = Files.createDirectories(directory().resolve("probe-of-another-program/1"));
        assertThat(json("driver", "ls")).containsKey("drivers/1/driver");
        assertThat(store()).doesNotExist();
        assertThat(Varve.drivers(VarveConfig.of(store().resolve("deep/down")).withDriver("vfs")))
                .anySatisfy(d -> assertThat(d.selected()).isTrue());
        assertThat(theirs).as("what is not Varve's").exists();
        try (var left = Files.list(directory())) {
            assertThat(left).as("what the drivers tried").containsExactly(theirs.getParent());
        }
    }
}
