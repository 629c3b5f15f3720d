package dev.varve.adapter.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** Stores that are damaged, of another version, locked, full or read-only. */
class StoreStateTest {
    private static final Path CATALOGUE = Scenario.HOME.resolve("catalogue");
    private static final String OLD_CONFIG = Digest.sha256(Scenario.config("old")).hex();
    private MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeStore() throws VarveException {
        host = Scenario.host();
    }

    @Test
    void recordsLookAsDocumented() throws VarveException {
        assertThat(text("version"))
                .isEqualTo("{\"format\":\"varve-catalogue\",\"version\":1,\"driver\":\"overlay\"}\n");
        assertThat(text("layers/2")).matches("\\{\"crc32c\":\"[0-9a-f]{8}\",\"record\":\\{\"number\":2,\"id\":\"old\","
                + "\"kind\":\"ACTIVE\",\"form\":\"DELTA\",\"parent\":1,\"labels\":\\{\"k\":\"v\"},\"created\":"
                + "\"2026-01-02T03:04:05.000000006Z\",\"updated\":\"2026-01-02T03:04:05.000000006Z\"}}\n");
        assertThat(text("leases/2")).contains("\"record\":[{\"layer\":2,\"token\":\"a\",\"pid\":1,\"bootId\":\"boot\","
                + "\"purpose\":\"RESERVATION\",\"access\":\"READ_ONLY\",\"since\":\"2026-01-02T03:04:05.000000006Z\"}]}\n");
        assertThat(text("images/" + OLD_CONFIG)).contains("\"record\":{\"config\":\"sha256:" + OLD_CONFIG
                + "\",\"names\":[\"o:1\"],\"diffIds\":[],\"created\":\"2026-01-02T03:04:05.000000006Z\"}}\n");
        assertThat(text("configs/" + OLD_CONFIG)).isEqualTo("old");
        assertThat(text("next")).endsWith("\"record\":65}\n");
    }

    @Test
    void whatCouldNotBeReadAgainIsNotWritten() throws VarveException {
        String label = "x".repeat(RecordDirectory.LARGEST);
        byte[] config = label.getBytes(StandardCharsets.US_ASCII);
        try (Catalogue catalogue = Scenario.open(host)) {
            LayerRecord old = catalogue.find(new LayerNumber(2)).orElseThrow();
            for (LayerNumber number : List.of(old.number(), catalogue.nextNumber())) {
                LayerRecord large = LayerRecord.create(number, new LayerId("large"), LayerKind.ACTIVE, TreeForm.DELTA,
                        Optional.empty(), Map.of("label", label), Scenario.NOW);
                assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> catalogue.put(large))
                        .withMessageContaining("catalogue/layers/" + number)
                        .withMessageContaining("16777216");
            }
            byte[] larger = java.util.Arrays.copyOf(config, config.length + 1);
            ImageRecord image = new ImageRecord(Digest.sha256(larger), List.of(), List.of(), null, Scenario.NOW);
            assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> catalogue.putImage(image, larger))
                    .withMessageContaining("catalogue/configs/");
            ImageRecord largest = new ImageRecord(Digest.sha256(config), List.of(), List.of(), null, Scenario.NOW);
            catalogue.putImage(largest, config);
            assertThat(catalogue.find(old.number())).contains(old);
        }
        try (Catalogue again = Scenario.open(host)) {
            assertThat(again.find(new LayerId("large"))).isEmpty();
            assertThat(again.images()).hasSize(2);
        }
    }

    @Test
    void aNumberThatWouldNotBeFoundAgainIsRefused() throws VarveException {
        LayerRecord layer = LayerRecord.create(new LayerNumber(1_000_000_000_000_000_000L), new LayerId("x"),
                LayerKind.ACTIVE, TreeForm.DELTA, Optional.empty(), Map.of(), Scenario.NOW);
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThatIllegalArgumentException().isThrownBy(() -> catalogue.put(layer));
        }
        try (Catalogue again = Scenario.open(host)) {
            assertThat(again.find(layer.id())).isEmpty();
            again.nextNumber();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"layers/2", "images/", "next"})
    void everyChangedByteOfARecordIsNoticed(String name) throws VarveException {
        String file = name.endsWith("/") ? name + OLD_CONFIG : name;
        byte[] good = host.readFile(CATALOGUE.resolve(file));
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            requireDamaged(file, bad);
            requireDamaged(file, java.util.Arrays.copyOf(good, i));
        }
        requireDamaged(file, java.util.Arrays.copyOf(good, good.length + 1));
    }

    private void requireDamaged(String file, byte[] content) throws VarveException {
        host.writeFile(CATALOGUE.resolve(file), content);
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining("catalogue/" + file);
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void leasesThatAPowerLossDamagedAreVoid() throws VarveException {
        byte[] good = host.readFile(CATALOGUE.resolve("leases/2"));
        for (int i = 0; i < good.length; i++) {
            host.writeFile(CATALOGUE.resolve("leases/2"), java.util.Arrays.copyOf(good, i));
            try (Catalogue catalogue = Scenario.open(host)) {
                assertThat(catalogue.leases()).isEmpty();
                assertThat(catalogue.layers()).hasSize(2);
            }
        }
        try (Catalogue catalogue = Scenario.open(host)) {
            Scenario.REPLACE_LEASES.run(catalogue);
            assertThat(catalogue.leases()).hasSize(2);
        }
    }

    @Test
    void layerThatCannotBeLookedForIsNotTakenForMissing() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host)) {
            host.refuse(call -> call.equals("readAt"), Errno.EIO);
            assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> catalogue.find(new LayerId("old")))
                    .withMessageContaining("EIO");
            host.clearFaults();
            assertThat(catalogue.find(new LayerId("old"))).isPresent();
        }
    }

    @Test
    void recordInAnothersPlaceIsNoticed() throws VarveException {
        host.writeFile(CATALOGUE.resolve("layers/3"), host.readFile(CATALOGUE.resolve("layers/2")));
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining("catalogue/layers/3");
    }

    @Test
    void twoLayersOfOneIdAreNoticed() throws VarveException {
        host.writeFile(CATALOGUE.resolve("layers/3"), RecordCodec.encode(Scenario.layer(3, "old", Optional.empty())));
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining("id of another layer");
    }

    @Test
    void damagedConfigurationIsNoticedWhenRead() throws VarveException {
        host.writeFile(CATALOGUE.resolve("configs").resolve(OLD_CONFIG), Scenario.config("new"));
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThatExceptionOfType(BadDataException.class)
                    .isThrownBy(() -> catalogue.imageConfig(Scenario.image("old", "o:1")))
                    .withMessageContaining("catalogue/configs/" + OLD_CONFIG);
            Scenario.REPLACE_IMAGE.run(catalogue);
            assertThat(catalogue.imageConfig(Scenario.image("old", "o:1"))).isEqualTo(Scenario.config("old"));
        }
    }

    @Test
    void missingConfigurationIsNoticedWhenRead() throws VarveException {
        remove("configs", OLD_CONFIG);
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThatExceptionOfType(BadDataException.class)
                    .isThrownBy(() -> catalogue.imageConfig(Scenario.image("old", "o:1")))
                    .withMessageContaining("catalogue/configs/" + OLD_CONFIG);
        }
    }

    @Test
    void configurationOfAnotherDigestIsRefused() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThatExceptionOfType(DigestMismatchException.class)
                    .isThrownBy(() -> catalogue.putImage(Scenario.image("new", "n:1"), Scenario.config("other")));
        }
    }

    @Test
    void missingNextNumberIsNoticed() throws VarveException {
        remove("", "next");
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining("catalogue/next");
    }

    @Test
    void missingLogOfChangesIsMadeAnew() throws VarveException {
        remove("", "changes");
        try (Catalogue catalogue = Scenario.open(host); Catalogue other = Scenario.open(host.anotherProcess())) {
            Scenario.PUT_NEW.run(catalogue);
            assertThat(other.layers()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"format\":\"varve-catalogue\",\"version\":2,\"driver\":\"overlay\"}",
        "{\"format\":\"varve-catalogue\",\"version\":1,\"driver\":\"aufs\"}",
        "{\"format\":\"other\",\"version\":1,\"driver\":\"overlay\"}", "", "{", "[]", "1", "null",
        "{\"format\":\"varve-catalogue\",\"version\":\"1\",\"driver\":\"overlay\"}"})
    void otherVersionIsRefusedAndNothingChanged(String content) throws VarveException {
        host.writeFile(CATALOGUE.resolve("version"), content.getBytes(StandardCharsets.UTF_8));
        requireRefusedUnchanged();
    }

    @Test
    void storeWithoutVersionIsRefusedAndNothingChanged() throws VarveException {
        remove("", "version");
        assertThatExceptionOfType(StoreVersionException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining("catalogue");
        assertThat(host.readFile(CATALOGUE.resolve("layers/2"))).isNotEmpty();
    }

    @Test
    void directoryThatIsNotOursIsRefusedAndNothingChanged() throws VarveException {
        host = Scenario.emptyHost();
        host.makeDirectories(CATALOGUE);
        host.writeFile(CATALOGUE.resolve("notes.txt"), new byte[]{1});
        requireRefusedUnchanged();
        host = Scenario.emptyHost();
        host.makeDirectories(CATALOGUE.resolve("layers"));
        host.writeFile(CATALOGUE.resolve("layers").resolve("1"), new byte[]{1});
        requireRefusedUnchanged();
        host = Scenario.emptyHost();
        host.writeFile(CATALOGUE, new byte[]{1});
        requireRefusedUnchanged();
    }

    private void requireRefusedUnchanged() throws VarveException {
        host.clearFaults();
        assertThatExceptionOfType(StoreVersionException.class).isThrownBy(() -> Scenario.open(host))
                .withMessageContaining(Scenario.HOME.toString());
        assertThat(host.log()).noneMatch(call -> call.matches(
                "(create|makeDirectory|write|writeAt|setSize|rename|remove|removeDirectory|link|setMode)\\(.*"));
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void foreignFilesAmongTheRecordsAreLeftAlone() throws VarveException {
        for (String name : List.of("layers/2~", "layers/02", "layers/0", "layers/x", "images/x", "configs/x")) {
            host.writeFile(CATALOGUE.resolve(name), new byte[]{1});
        }
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThat(catalogue.layers()).hasSize(2);
        }
        assertThat(host.readFile(CATALOGUE.resolve("configs/x"))).hasSize(1);
    }

    @Test
    void storeOnAReadOnlyFileSystemCanBeRead() throws VarveException {
        Scenario.State state = Scenario.reopened(host);
        host.writeFile(CATALOGUE.resolve("staging").resolve("record"), new byte[]{1});
        host.setReadOnly(true);
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThat(Scenario.state(catalogue)).isEqualTo(state);
            requireReadOnly(catalogue);
            assertThat(Scenario.state(catalogue)).isEqualTo(state);
        }
        host.setReadOnly(false);
        try (Catalogue catalogue = Scenario.open(host)) {
            Scenario.state(catalogue);
            host.setReadOnly(true);
            requireReadOnly(catalogue);
            assertThat(Scenario.state(catalogue)).isEqualTo(state);
        }
    }

    private static void requireReadOnly(Catalogue catalogue) throws VarveException {
        for (Scenario operation : Scenario.values()) {
            if (operation == Scenario.REMOVE_MISSING) {
                operation.run(catalogue);
            } else {
                assertThatExceptionOfType(SyscallFailedException.class).as(operation.name())
                        .isThrownBy(() -> operation.run(catalogue))
                        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EROFS));
            }
        }
    }

    @Test
    void storeThatMayNotBeLockedCanBeRead() throws VarveException {
        Scenario.State state = Scenario.reopened(host);
        for (Errno errno : List.of(Errno.EACCES, Errno.EROFS, Errno.EPERM)) {
            MemorySyscalls process = host.anotherProcess();
            process.refuse(call -> call.equals("tryLock"), errno);
            try (Catalogue catalogue = Scenario.open(process)) {
                assertThat(Scenario.state(catalogue)).isEqualTo(state);
                assertThatExceptionOfType(SyscallFailedException.class)
                        .isThrownBy(() -> Scenario.PUT_NEW.run(catalogue));
            }
            assertThat(process.openHandles()).isZero();
        }
    }

    @Test
    void fullDiskLetsEverythingBeRemovedAndAllSeeIt() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host); Catalogue other = Scenario.open(host.anotherProcess())) {
            assertThat(other.layers()).hasSize(2);
            host.setFull(true);
            Scenario.REMOVE_LEASES.run(catalogue);
            assertThat(other.leases()).isEmpty();
            Scenario.REMOVE.run(catalogue);
            assertThat(other.layers()).hasSize(1);
            Scenario.REMOVE_IMAGE.run(catalogue);
            assertThat(other.images()).isEmpty();
            other.remove(new LayerNumber(1));
            assertThat(catalogue.layers()).isEmpty();
            assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> Scenario.PUT_NEW.run(other));
            host.setFull(false);
            Scenario.PUT_NEW.run(other);
            assertThat(catalogue.layers()).hasSize(1);
        }
        assertThat(Scenario.reopened(host.afterPowerLoss()).layers()).hasSize(1);
    }

    @Test
    void lockThatIsNotToBeHadNamesItsHolder() throws Exception {
        MemorySyscalls process = host.anotherProcess();
        try (Catalogue holder = Scenario.open(process);
                Catalogue waiting = CatalogueOpening.open(Scenario.HOME, host.anotherProcess(), Scenario.DRIVER,
                        Duration.ofMillis(200))) {
            holder.exclusively(() -> {
                assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> Scenario.PUT_NEW.run(waiting))
                        .withMessageContaining("process " + process.host().pid());
                // Reading does not wait for it.
                assertThat(waiting.layers()).hasSize(2);
                return holder;
            });
            Scenario.PUT_NEW.run(waiting);
        }
    }

    @Test
    void lockThatIsNotToBeHadNamesTheThread() throws Exception {
        try (Catalogue catalogue = CatalogueOpening.open(Scenario.HOME, host, Scenario.DRIVER,
                Duration.ofMillis(200))) {
            CountDownLatch held = new CountDownLatch(1);
            Semaphore done = new Semaphore(0);
            Thread holder = Thread.ofPlatform().name("the-holder").start(() -> {
                try {
                    catalogue.exclusively(() -> {
                        held.countDown();
                        done.acquireUninterruptibly();
                        return catalogue;
                    });
                } catch (VarveException e) {
                    throw new IllegalStateException(e);
                }
            });
            held.await();
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> Scenario.PUT_NEW.run(catalogue))
                    .withMessageContaining("the-holder");
            done.release();
            holder.join();
            Scenario.PUT_NEW.run(catalogue);
        }
    }

    @Test
    void leaseOnALayerThatIsGoneIsRefused() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host)) {
            assertThatExceptionOfType(WrongStateException.class)
                    .isThrownBy(() -> catalogue.putLeases(new LayerNumber(33), List.of(Scenario.lease(33, "a"))));
            assertThat(catalogue.leases()).hasSize(1);
        }
    }

    @Test
    void lookingSomethingUpIsOneRead() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host)) {
            host.clearFaults();
            catalogue.find(new LayerId("old"));
            catalogue.children(new LayerNumber(1));
            catalogue.leases(new LayerNumber(2));
            assertThat(host.log()).hasSize(3).allMatch(call -> call.startsWith("readAt("));
        }
    }

    @Test
    void anothersChangeCostsTheReadingOfThatRecord() throws VarveException {
        try (Catalogue catalogue = Scenario.open(host); Catalogue other = Scenario.open(host.anotherProcess())) {
            Scenario.REPLACE.run(other);
            host.clearFaults();
            assertThat(catalogue.find(new LayerId("renamed"))).isPresent();
            assertThat(host.log()).noneMatch(call -> call.startsWith("list(") || call.contains("layers/1"));
        }
    }

    @Test
    void nothingOfTheStoreIsReadableByOthers() throws VarveException {
        try (Directory home = host.directory(Scenario.HOME); Directory catalogue = host.directory(CATALOGUE)) {
            assertThat(home.find(Layout.CATALOGUE).orElseThrow().mode()).isEqualTo(0700);
            for (EntryName name : catalogue.list()) {
                assertThat(catalogue.find(name).orElseThrow().mode() & 077).as(name.toString()).isZero();
            }
        }
    }

    private String text(String file) throws VarveException {
        return new String(host.readFile(CATALOGUE.resolve(file)), StandardCharsets.UTF_8);
    }

    private void remove(String directory, String name) throws VarveException {
        try (Directory in = host.directory(CATALOGUE.resolve(directory))) {
            in.remove(EntryName.of(name.toLowerCase(Locale.ROOT)));
        }
    }
}
