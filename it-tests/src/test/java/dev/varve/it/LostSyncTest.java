package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.varve.adapter.overlay.OverlayDriverProvider;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.fake.MemorySyscalls;

/** What was written through a volatile mount cannot be brought onto the disk: the layer is lost, and nothing else is. */
class LostSyncTest {
    private static final Path STORE = Path.of("/store");
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId TOP = new LayerId("top");

    @Test
    void theLayerIsGivenBackAndCanBeRemoved() throws Exception {
        MemorySyscalls kernel = MemorySyscalls.create();
        kernel.makeDirectories(STORE);
        MemorySyscalls process = kernel.anotherProcess();
        try (StoreUnderTest store = new MemoryHost(new OverlayDriverProvider(), kernel).open(STORE, process)) {
            store.layers().create(BASE, Optional.empty(), Map.of());
            store.layers().create(TOP, Optional.of(BASE), Map.of());
            Lease lease = store.layers().acquire(TOP);
            String number = store.layers().inspect(TOP).record().number().toString();
            Path work = STORE.resolve("overlay/layers").resolve(number).resolve("work");
            kernel.makeDirectories(work.resolve("work/incompat/volatile")); // as the kernel does
            process.refuse("syncFileSystem"::equals, Errno.EIO);
            assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(lease::close);
            process.clearFaults();
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(lease::close)
                    .withMessageContaining("writing it to the disk failed");
            lease.close();
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> store.layers().acquire(TOP))
                    .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("varve layer rm"));
            store.layers().remove(TOP);
            assertThat(store.layers().exists(BASE)).isTrue();
        }
        assertThat(kernel.mounts().table()).isEmpty();
        assertThat(process.openHandles()).isZero();
    }
}
