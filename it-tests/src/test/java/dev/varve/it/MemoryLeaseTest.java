package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.adapter.overlay.OverlayDriverProvider;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.fake.ProcessDeath;

/** Holds that cannot be given back at once, holds of processes that died, and how long others wait for the lock. */
class MemoryLeaseTest {
    private static final Path STORE = Path.of("/store");
    private static final String LOCK = "tryLock(/store/catalogue/lock, ";
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId CHILD = new LayerId("child");
    private static final List<LayerId> TOPS = List.of(new LayerId("one"), new LayerId("two"), new LayerId("three"));
    private final MemorySyscalls kernel = MemorySyscalls.create();
    private final MemoryHost host = new MemoryHost(new OverlayDriverProvider(), kernel);

    @BeforeEach
    void makeLayers() throws VarveException {
        kernel.makeDirectories(STORE);
        try (StoreUnderTest store = host.open(STORE)) {
            store.layers().create(BASE, Optional.empty(), Map.of());
            for (LayerId top : TOPS) {
                store.layers().create(top, Optional.of(BASE), Map.of());
            }
        }
    }

    private List<Integer> leases() throws VarveException {
        try (StoreUnderTest other = host.open(STORE)) {
            return other.layers()
                    .list()
                    .stream()
                    .filter(l -> TOPS.contains(l.record().id()))
                    .map(l -> l.leases())
                    .toList();
        }
    }

    @Test
    void whatIsBusyWhenTheStoreIsClosedIsGivenBackByClosingItAgain() throws VarveException {
        MemorySyscalls process = kernel.anotherProcess();
        StoreUnderTest store = host.open(STORE, process);
        Lease first = store.layers().acquire(TOPS.get(0));
        store.layers().acquire(TOPS.get(1));
        Lease third = store.layers().acquire(TOPS.get(2));
        kernel.mounts().setBusy(first.path(), true);
        kernel.mounts().setBusy(third.path(), true);
        assertThatExceptionOfType(LayerInUseException.class).isThrownBy(store::close)
                .withMessageContaining("three")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .satisfies(s -> assertThat(s).hasMessageContaining("one")));
        assertThat(leases()).containsExactly(1, 0, 1);
        kernel.mounts().setBusy(third.path(), false);
        assertThatExceptionOfType(LayerInUseException.class).isThrownBy(store::close).withMessageContaining("one");
        assertThat(leases()).containsExactly(1, 0, 0);
        kernel.mounts().setBusy(first.path(), false);
        store.close();
        assertThat(leases()).containsExactly(0, 0, 0);
        assertThat(kernel.mounts().table()).isEmpty();
        store.close();
        assertThat(process.openHandles()).isZero();
    }

    @Test
    void aMakerThatDiesGivesItsParentBack() throws VarveException {
        LayerId parent = TOPS.getFirst();
        int reserved = 0;
        boolean reached = true;
        for (long k = 1; reached; k++) {
            MemorySyscalls process = kernel.anotherProcess();
            StoreUnderTest store = host.open(STORE, process);
            process.crashAt(k);
            reached = dies(() -> store.layers().create(CHILD, Optional.of(parent), Map.of()));
            process.afterKill();
            try (Directory leases = kernel.directory(STORE.resolve("catalogue/leases"))) {
                reserved += leases.list().size();
            }
            try (StoreUnderTest other = host.open(STORE)) {
                if (other.layers().exists(CHILD)) {
                    other.layers().remove(CHILD);
                }
                try (Lease lease = other.layers().acquire(parent)) {
                    assertThat(lease.access()).as("after a death at call %d", k).isEqualTo(Access.READ_WRITE);
                }
            }
        }
        assertThat(reserved).as("deaths with a reservation on record").isPositive();
    }

    private interface Work {
        void run() throws VarveException;
    }

    private static boolean dies(Work work) throws VarveException {
        try {
            work.run();
            return false;
        } catch (ProcessDeath e) {
            return true;
        }
    }

    @Test
    void aLayerIsDeletedWhileOthersMayChangeTheStore() throws VarveException {
        MemorySyscalls process = kernel.anotherProcess();
        try (StoreUnderTest store = host.open(STORE, process)) {
            process.clearFaults();
            store.layers().remove(TOPS.getFirst());
            assertDeletedWithoutTheLock(process.log());
        }
    }

    @Test
    void whatACrashLeftIsDeletedWhileOthersMayChangeTheStore() throws VarveException {
        for (String left : List.of("7.gone/fs", "8.new/fs", "9/fs")) {
            kernel.makeDirectories(STORE.resolve("overlay/layers").resolve(left));
        }
        MemorySyscalls process = kernel.anotherProcess();
        try (StoreUnderTest _ = host.open(STORE, process)) {
            assertDeletedWithoutTheLock(process.log());
            try (Directory layers = kernel.directory(STORE.resolve("overlay/layers"))) {
                assertThat(layers.list()).hasSize(1 + TOPS.size());
            }
        }
    }

    private static void assertDeletedWithoutTheLock(List<String> calls) {
        boolean locked = false;
        int deleted = 0;
        for (String call : calls) {
            if (call.startsWith(LOCK)) {
                locked = !call.contains("NONE");
            } else if (call.startsWith("remove") && call.contains("(/store/overlay/layers")) {
                assertThat(locked).as("%s under the catalogue's lock", call).isFalse();
                deleted++;
            }
        }
        assertThat(deleted).isPositive();
        assertThat(calls).anyMatch(c -> c.startsWith(LOCK));
    }
}
