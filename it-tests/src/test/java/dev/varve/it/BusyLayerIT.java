package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/** A layer that somebody still has a file open in, when it is given back. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class BusyLayerIT extends OverlayStoreTest {
    @Test
    void aLayerThatIsInUseStaysHeldAndIsGivenBackLater() throws IOException {
        try (Varve varve = open()) {
            apply(varve, "base", "", new TarBuilder().file("f", "content").build());
            create(varve, "work", "base");
            Lease lease = varve.layers().acquire(id("work"));
            try (InputStream in = Files.newInputStream(lease.path().resolve("f"))) {
                assertThatExceptionOfType(LayerInUseException.class).isThrownBy(lease::close)
                        .withMessageContaining(lease.path().toString())
                        .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("fuser -vm " + lease.path()));
                assertThat(in.readAllBytes()).asString().isEqualTo("content");
                assertThat(varve.layers().inspect(id("work")).leases()).isEqualTo(1);
                assertThat(varve.layers().inspect(id("work")).mountedAt()).contains(lease.path());
            }
            lease.close();
            assertThat(varve.layers().inspect(id("work")).leases()).isZero();
            assertThat(varve.layers().inspect(id("work")).mountedAt()).isEmpty();
        }
    }
}
