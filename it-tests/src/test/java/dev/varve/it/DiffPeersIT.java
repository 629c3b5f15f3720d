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
import java.util.stream.Stream;

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

    /** Where the diff of a layer comes from. */
    private enum Source {
        /** The archive that was applied, which is kept beside the layer. */
        REPLAYED,
        /** What the driver's delta holds: the archive is not kept any more. */
        DELTA,
        /** Two whole trees: the layer, and one that equals its parent and is not. */
        COMPARED
    }

    @ParameterizedTest
    @CsvSource({"oci-gzip, REPLAYED", "oci-gzip, DELTA", "oci-gzip, COMPARED", "chain20-oci, REPLAYED",
        "chain20-oci, DELTA", "chain20-oci, COMPARED"})
    void theDiffsOfAnImagesLayersMakeTheImage(String image, Source source) throws IOException {
        TreeListing merged;
        List<Path> diffs = new ArrayList<>();
        try (Varve varve = open("store", "overlay"); Varve other = open("other", "overlay")) {
            List<LayerId> layers = varve.images().load(TestImages.directory().resolve(image)).layers();
            if (source != Source.REPLAYED) {
                forgetArchives();
            }
            merged = Kernel.listing(directory); // replaced below: an image has a layer
            Optional<LayerId> below = Optional.empty();
            Optional<LayerId> twin = Optional.empty();
            for (LayerId layer : layers) {
                Path diff = diff(varve.layers(), layer, source, twin, "diff-" + diffs.size());
                diffs.add(diff);
                LayerId copy = new LayerId("copy-" + diffs.size());
                apply(other.layers(), copy, below, diff);
                if (source == Source.COMPARED) {
                    apply(varve.layers(), copy, twin, diff);
                    twin = Optional.of(copy);
                }
                below = Optional.of(copy);
                merged = mounted(varve.layers(), layer);
                mounted(other.layers(), copy).assertSameAs(merged, image + ", layer " + diffs.size() + ", by Varve");
            }
        }
        if (source != Source.REPLAYED) {
            peersMakeTheSame(merged, diffs); // the others are the very layers of the image
        }
    }

    /** As if the layers had been made without: so their diffs have to be found. */
    private void forgetArchives() throws IOException {
        List<Path> framings;
        try (Stream<Path> all = Files.list(directory.resolve("store/overlay/layers"))) {
            framings = all.map(l -> l.resolve("framing")).filter(Files::exists).toList();
        }
        assertThat(framings).isNotEmpty();
        for (Path framing : framings) {
            Files.delete(framing);
        }
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
                diffs.add(diff(layers, layer, Source.DELTA, Optional.empty(), layer.value()));
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

    /** @param twin what equals the layer's parent, for a comparison */
    private Path diff(LayerStore layers, LayerId id, Source source, Optional<LayerId> twin, String name)
            throws IOException {
        Path file = directory.resolve(name + ".tar");
        var written = layers.diff(id, twin, Comparison.METADATA).writeTo(file, Compression.NONE);
        assertThat(written.omissions()).isEmpty();
        boolean base = twin.isEmpty(); // all of a base layer is its delta
        assertThat(written.method().fromDelta()).as("%s", written.method())
                .isEqualTo(source == Source.DELTA || base || source == Source.REPLAYED);
        assertThat(written.method().reason().contains("applied from")).as("%s", written.method())
                .isEqualTo(source == Source.REPLAYED);
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
