package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** A chain that is too long to copy it layer by layer: its differences over many layers make the same trees with vfs. */
@Tag("images")
@EnabledIf(value = "dev.varve.it.TestImages#available", disabledReason = "needs root, and the images in VARVE_TEST_IMAGES")
class LongChainIT {
    private static final int LAYERS = 240;
    private static final int STEP = 60;
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    @Test
    void itComesToVfsInAFewSteps() throws IOException {
        LayerId last = new LayerId("0");
        Optional<LayerId> base = Optional.empty();
        try (Varve overlay = open("overlay"); Varve vfs = open("vfs")) {
            List<LayerId> layers = overlay.images().load(TestImages.directory().resolve("chain240-oci")).layers();
            LayerId below = new LayerId("nothing");
            overlay.layers().create(below, Optional.empty(), Map.of());
            for (int top = STEP; top <= layers.size(); top += STEP) {
                LayerId layer = layers.get(top - 1);
                Path archive = directory.resolve("step.tar");
                assertThat(overlay.layers()
                        .diff(layer, Optional.of(below), Comparison.METADATA)
                        .writeTo(archive, Compression.NONE)
                        .omissions()).isEmpty();
                last = new LayerId(Integer.toString(top));
                try (InputStream in = Files.newInputStream(archive)) {
                    vfs.layers().apply(last, base, in, Expected.ANYTHING);
                }
                Files.delete(archive);
                base = Optional.of(last);
                below = layer;
                mounted(vfs, last).assertSameAs(mounted(overlay, layer), "after " + top + " layers");
            }
        }
        assertThat(last.value()).isEqualTo(Integer.toString(LAYERS));
    }

    private Varve open(String driver) throws IOException {
        return Varve.open(VarveConfig.of(directory.resolve(driver)).withDriver(driver));
    }

    private static TreeListing mounted(Varve varve, LayerId layer) throws IOException {
        try (Lease lease = varve.layers().acquire(layer)) {
            return Kernel.listing(lease.path());
        }
    }
}
