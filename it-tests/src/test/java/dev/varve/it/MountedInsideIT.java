package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.app.StoreStatus.Leftover;
import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.domain.path.EntryName;

/** What somebody mounted inside a layer is his own, whatever becomes of the layer. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting needs root")
class MountedInsideIT {
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId TOP = new LayerId("top");
    private final Deque<Path> mounted = new ArrayDeque<>();
    private Path directory;
    private Path precious;

    @BeforeEach
    void makeDirectories() throws IOException {
        directory = Drivers.freshDirectory();
        precious = Files.createDirectory(directory.resolve("precious"));
        Files.writeString(precious.resolve("data"), "data");
    }

    @AfterEach
    void unmountAndDelete() throws IOException {
        while (!mounted.isEmpty()) {
            unmount(mounted.peek());
        }
        Drivers.delete(directory);
    }

    private Path store() {
        return directory.resolve("store");
    }

    private Varve open(String driver) throws IOException {
        return Varve.open(VarveConfig.of(store()).withDriver(driver));
    }

    private void mountAt(Path point) throws IOException {
        Files.createDirectories(point);
        Command.of("mount", "--bind", precious.toString(), point.toString()).succeeds();
        mounted.push(point);
    }

    private void unmount(Path point) throws IOException {
        Command.of("umount", point.toString()).succeeds();
        mounted.remove(point);
    }

    /** Makes the layer, and the base if it is another one, and mounts something in it. */
    private Path madeAndMountedIn(Varve varve, LayerId id) throws IOException {
        varve.layers().create(BASE, Optional.empty(), Map.of());
        if (!id.equals(BASE)) {
            varve.layers().create(id, Optional.of(BASE), Map.of());
        }
        try (Lease lease = varve.layers().acquire(id)) {
            Path point = lease.path().resolve("var/lib/data");
            mountAt(point);
            return point;
        }
    }

    private void assertUntouched() {
        assertThat(precious.resolve("data")).hasContent("data");
    }

    @ParameterizedTest
    @CsvSource({"vfs, base", "vfs, top", "overlay, base"})
    void aLayerInWhichSomethingIsMountedIsNotRemoved(String driver, String name) throws IOException {
        LayerId id = new LayerId(name);
        try (Varve varve = open(driver)) {
            Path point = madeAndMountedIn(varve, id);
            assertThatExceptionOfType(LayerInUseException.class).isThrownBy(() -> varve.layers().remove(id))
                    .withMessageContaining(point.toString())
                    .satisfies(e -> assertThat(e.hint()).get().asString().contains("umount " + point));
            assertThat(varve.layers().exists(id)).isTrue();
            assertUntouched();
            unmount(point);
            varve.layers().remove(id);
            assertThat(varve.layers().exists(id)).isFalse();
            assertUntouched();
        }
    }

    @ParameterizedTest
    @CsvSource({"vfs, base", "vfs, top", "overlay, base"})
    void whatIsMountedInALayerGetsIntoNoDifference(String driver, String name) throws IOException {
        LayerId id = new LayerId(name);
        try (Varve varve = open(driver)) {
            Path point = madeAndMountedIn(varve, id);
            assertMounted(() -> varve.layers().changes(id));
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            assertMounted(() -> varve.layers().diff(id).writeTo(archive, Compression.NONE));
            assertThat(archive.toString(StandardCharsets.ISO_8859_1)).doesNotContain("var/lib/data/data");
            if (driver.equals("vfs")) {
                assertMounted(() -> varve.layers().create(new LayerId("copy"), id));
                assertThat(varve.layers().exists(new LayerId("copy"))).isFalse();
            }
            unmount(point);
            assertThat(varve.layers().changes(id).list()).extracting(Object::toString).contains("A /var/lib/data");
            assertUntouched();
        }
    }

    private static void assertMounted(ThrowingCallable reading) {
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(reading)
                .withMessageContaining("mounted on /var/lib/data");
    }

    @Test
    void aLeaseOfALayerInWhichSomethingIsMountedSaysWhere() throws IOException {
        try (Varve varve = open("overlay")) {
            varve.layers().create(BASE, Optional.empty(), Map.of());
            varve.layers().create(TOP, Optional.of(BASE), Map.of());
            Lease lease = varve.layers().acquire(TOP);
            Path point = lease.path().resolve("data");
            mountAt(point);
            assertThatExceptionOfType(LayerInUseException.class).isThrownBy(lease::close)
                    .withMessageContaining(point.toString());
            assertThat(varve.layers().inspect(TOP).leases()).isEqualTo(1);
            unmount(point);
            lease.close();
            varve.layers().remove(TOP);
        }
        assertUntouched();
    }

    @Test
    void leftoversThatCannotBeDeletedKeepNeitherTheStoreNorTheOthers() throws IOException {
        try (Varve varve = open("vfs")) {
            varve.layers().create(BASE, Optional.empty(), Map.of());
        }
        Path layers = store().resolve("vfs/layers");
        Path fixed = Files.createDirectories(layers.resolve("1001.gone/fs"));
        Files.writeString(fixed.resolve("file"), "x");
        Path plain = Files.createDirectories(layers.resolve("1002/fs"));
        Path unfinished = Files.createDirectories(layers.resolve("1003.new/fs"));
        mountAt(layers.resolve("1000.gone/fs/data"));
        Command.of("chattr", "+i", fixed.resolve("file").toString()).succeeds();
        try {
            try (Varve varve = open("vfs")) {
                assertThat(varve.status().leftovers()).extracting(Leftover::path)
                        .containsExactlyInAnyOrder(layers.resolve("1000.gone"), layers.resolve("1001.gone"));
                assertThat(varve.status().leftovers()).extracting(Leftover::why)
                        .anyMatch(w -> w.contains("1000.gone/fs/data") && w.contains("mounted"))
                        .anyMatch(w -> w.contains("EPERM"));
                assertThat(varve.layers().exists(BASE)).isTrue();
            }
            assertThat(plain.getParent()).doesNotExist();
            assertThat(layers.resolve("1002.gone")).doesNotExist();
            assertThat(unfinished.getParent()).doesNotExist();
            assertUntouched();
        } finally {
            Command.of("chattr", "-i", fixed.resolve("file").toString()).succeeds();
        }
        unmount(mounted.element());
        try (Varve varve = open("vfs")) {
            assertThat(varve.status().leftovers()).isEmpty();
            assertThat(layers.resolve("1000.gone")).doesNotExist();
            assertThat(layers.resolve("1001.gone")).doesNotExist();
        }
        assertUntouched();
    }

    @Test
    void aLayerOfTenThousandLevelsIsMeasuredAndRemoved() throws IOException {
        int levels = 10_000;
        EntryName name = EntryName.of("d");
        try (Varve varve = open("vfs")) {
            varve.layers().create(BASE, Optional.empty(), Map.of());
            try (Lease lease = varve.layers().acquire(BASE)) {
                Directory at = Kernel.syscalls().directory(lease.path());
                for (int i = 0; i < levels; i++) {
                    at.makeDirectory(name, 0755);
                    Directory next = at.open(name);
                    at.close();
                    at = next;
                }
                at.close();
            }
            assertThat(varve.status().total().inodes()).isEqualTo(levels + 1L);
            varve.layers().remove(BASE);
        }
        assertThat(store().resolve("vfs/layers")).isEmptyDirectory();
    }
}
