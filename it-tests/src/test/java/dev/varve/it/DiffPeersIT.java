package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** The diffs of layers, applied by Varve elsewhere and by peers, make the tree that the layers' mount shows. */
@Tag("peers")
@EnabledIf(value = "dev.varve.it.TestImages#availableWithPeers", disabledReason = "needs root, umoci, skopeo, containers-storage, and the images in VARVE_TEST_IMAGES")
class DiffPeersIT {
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    @ParameterizedTest
    @CsvSource({"oci-gzip", "chain20-oci"})
    void theDiffsOfAnImagesLayersMakeTheImage(String image) throws IOException {
        TreeListing merged;
        List<Path> diffs = new ArrayList<>();
        try (Varve varve = open("store", "overlay"); Varve other = open("other", "overlay")) {
            List<LayerId> layers = varve.images().load(TestImages.directory().resolve(image)).layers();
            merged = Kernel.listing(directory); // replaced below: an image has a layer
            Optional<LayerId> below = Optional.empty();
            for (LayerId layer : layers) {
                Path diff = diff(varve.layers(), layer, "diff-" + diffs.size());
                diffs.add(diff);
                LayerId copy = new LayerId("copy-" + diffs.size());
                apply(other.layers(), copy, below, diff);
                below = Optional.of(copy);
                merged = mounted(varve.layers(), layer);
                mounted(other.layers(), copy).assertSameAs(merged, image + ", layer " + diffs.size() + ", by Varve");
            }
        }
        peersMakeTheSame(merged, diffs);
    }

    @Test
    void theDiffOfAnEditedLayerMakesThatLayer() throws IOException {
        TreeListing merged;
        List<Path> diffs = new ArrayList<>();
        try (Varve varve = open("store", "overlay");
                Varve other = open("other", "overlay");
                Varve third = open("third", "vfs")) {
            LayerStore layers = varve.layers();
            LayerId base = new LayerId("base");
            LayerId work = new LayerId("work");
            layers.create(base, Optional.empty(), Map.of());
            try (Lease lease = layers.acquire(base)) {
                EditedTree.fill(lease.path());
            }
            layers.create(work, Optional.of(base), Map.of());
            try (Lease lease = layers.acquire(work)) {
                EditedTree.edit(lease.path());
            }
            merged = mounted(layers, work);
            EditedTree.assertHoldsEverything(merged);
            for (LayerId layer : List.of(base, work)) {
                diffs.add(diff(layers, layer, layer.value()));
            }
            for (Varve elsewhere : List.of(other, third)) {
                apply(elsewhere.layers(), base, Optional.empty(), diffs.getFirst());
                apply(elsewhere.layers(), work, Optional.of(base), diffs.getLast());
                mounted(elsewhere.layers(), work).assertSameAs(merged, "by Varve, " + elsewhere.status().driver());
            }
        }
        peersMakeTheSame(merged, diffs);
    }

    /** What is left out here is what the peer is known to lose, and nothing more. */
    private void peersMakeTheSame(TreeListing merged, List<Path> diffs) throws IOException {
        OciLayout layout = new OciLayout(directory.resolve("layout"));
        for (Path diff : diffs) {
            layout.add(diff);
        }
        layout.finish("diffs");
        Path path = directory.resolve("layout");
        PeerLosses.ofUmoci(Peers.umoci(path, "diffs", directory)).assertSameAs(PeerLosses.ofUmoci(merged), "by umoci");
        PeerLosses.ofContainersStorage(Peers.containersStorage(path, "diffs", directory))
                .assertSameAs(PeerLosses.ofContainersStorage(merged), "by containers-storage");
    }

    private Varve open(String name, String driver) throws IOException {
        return Varve.open(VarveConfig.of(directory.resolve(name)).withDriver(driver));
    }

    private Path diff(LayerStore layers, LayerId id, String name) throws IOException {
        Path file = directory.resolve(name + ".tar");
        var written = layers.diff(id, Optional.empty(), Comparison.METADATA).writeTo(file, Compression.NONE);
        assertThat(written.omissions()).isEmpty();
        return file;
    }

    private static void apply(LayerStore layers, LayerId id, Optional<LayerId> parent, Path diff) throws IOException {
        try (InputStream in = Files.newInputStream(diff)) {
            assertThat(layers.apply(id, parent, in, Expected.ANYTHING).omissions()).isEmpty();
        }
    }

    private static TreeListing mounted(LayerStore layers, LayerId id) throws IOException {
        try (Lease lease = layers.acquire(id)) {
            return Kernel.listing(lease.path());
        }
    }
}
