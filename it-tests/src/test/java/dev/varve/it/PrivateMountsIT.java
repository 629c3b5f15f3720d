package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Lease;

/** Mounts of a store on a shared mount, as another mount namespace sees them that shares it. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting needs root")
class PrivateMountsIT {
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId TOP = new LayerId("top");
    private Path directory;
    private Process peer;

    @BeforeEach
    void shareADirectoryWithAPeer() throws IOException {
        directory = Drivers.freshDirectory();
        Command.of("mount", "--bind", directory.toString(), directory.toString()).succeeds();
        Command.of("mount", "--make-private", directory.toString()).succeeds();
        Command.of("mount", "--make-shared", directory.toString()).succeeds();
        peer = Command.of("unshare", "--mount", "--propagation", "unchanged", "sh", "-c", "echo ready; exec sleep 600")
                .start();
        assertThat(peer.inputReader().readLine()).isEqualTo("ready");
        try (Varve varve = Varve.open(config())) {
            varve.layers().create(BASE, Optional.empty(), Map.of());
            varve.layers().create(TOP, Optional.of(BASE), Map.of());
        }
    }

    @AfterEach
    void endThePeer() throws Exception {
        peer.destroyForcibly().waitFor();
        Command.of("umount", directory.toString()).succeeds();
        Drivers.delete(directory);
    }

    private VarveConfig config() {
        return VarveConfig.of(directory.resolve("store")).withDriver("overlay");
    }

    private static List<String> mounts(String process, Path at) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", process, "mountinfo"))) {
            return lines.map(l -> l.split(" ")[4]).filter(m -> Path.of(m).equals(at)).toList();
        }
    }

    private boolean peerSees(Path mount) throws IOException {
        return !mounts(Long.toString(peer.pid()), mount).isEmpty();
    }

    private void assertNothingIsLeft() throws IOException {
        for (String process : List.of("self", Long.toString(peer.pid()))) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", process, "mountinfo"))) {
                assertThat(lines.filter(l -> l.contains(directory.resolve("store").toString()))).as(process).isEmpty();
            }
        }
        assertThat(directory.resolve("store/private-mount")).doesNotExist();
    }

    @Test
    void withoutTheOptionAMountIsSeenElsewhere() throws IOException {
        try (Varve varve = Varve.open(config())) {
            try (Lease lease = varve.layers().acquire(TOP)) {
                assertThat(peerSees(lease.path())).isTrue();
                assertThat(varve.status().privateMounts()).isFalse();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void withItAMountIsSeenHereAloneAndNothingIsLeft() throws IOException {
        try (Varve varve = Varve.open(config().withPrivateMounts())) {
            try (Lease lease = varve.layers().acquire(TOP)) {
                Files.writeString(lease.path().resolve("new"), "new");
                assertThat(mounts("self", lease.path())).hasSize(1);
                assertThat(peerSees(lease.path())).isFalse();
                assertThat(varve.status().privateMounts()).isTrue();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    @SuppressWarnings("try") // one of them is closed before its time
    void severalHoldOneStoreAndTheLastEndsIt() throws IOException {
        Path store = config().store();
        try (Varve first = Varve.open(config().withPrivateMounts())) {
            try (Varve second = Varve.open(config().withPrivateMounts())) {
                assertThat(mounts("self", store)).as("private mounts of one store").hasSize(1);
                first.close();
                assertThat(mounts("self", store)).hasSize(1);
                try (Lease lease = second.layers().acquire(TOP)) {
                    assertThat(peerSees(lease.path())).isFalse();
                }
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aMountThatOutlivesTheStoreKeepsItPrivateUntilALaterUse() throws IOException {
        Path path;
        try (Varve varve = Varve.open(config().withPrivateMounts())) {
            Lease lease = varve.layers().acquire(TOP);
            path = lease.path();
            lease.detach();
        }
        assertThat(mounts("self", path)).hasSize(1);
        assertThat(peerSees(path)).isFalse();
        Command varve = Command.varve("--store", config().store().toString());
        assertThat(varve.with("status").succeeds().output()).contains("private to this namespace");
        varve.with("layer", "umount", "top", "--private-mounts").succeeds();
        assertNothingIsLeft();
    }

    @Test
    void aLayerThatIsMountedAlreadyIsNotHiddenNorMountedASecondTime() throws IOException {
        try (Varve shared = Varve.open(config()); Lease lease = shared.layers().acquire(TOP)) {
            assertThatExceptionOfType(WrongStateException.class)
                    .isThrownBy(() -> Varve.open(config().withPrivateMounts()).close())
                    .withMessageContaining(lease.path().toString())
                    .withMessageContaining("hidden");
            assertThat(mounts("self", config().store())).isEmpty();
            assertThat(mounts("self", lease.path())).hasSize(1);
        }
        try (Varve varve = Varve.open(config().withPrivateMounts()); Lease lease = varve.layers().acquire(TOP)) {
            assertThat(peerSees(lease.path())).isFalse();
        }
        assertNothingIsLeft();
    }

    @Test
    void aMountOfSomebodyElseIsUsedAndLeftAlone() throws IOException {
        String store = config().store().toString();
        Command.of("mount", "--bind", store, store).succeeds();
        Command.of("mount", "--make-private", store).succeeds();
        try {
            try (Varve varve = Varve.open(config().withPrivateMounts())) {
                assertThat(mounts("self", config().store())).hasSize(1);
                try (Lease lease = varve.layers().acquire(TOP)) {
                    assertThat(peerSees(lease.path())).isFalse();
                }
            }
            assertThat(mounts("self", config().store())).as("the mount that was there before").hasSize(1);
        } finally {
            Command.of("umount", store).succeeds();
        }
        assertNothingIsLeft();
    }
}
