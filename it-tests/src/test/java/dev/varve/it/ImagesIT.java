package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.digest.Digest;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Images.Progress;
import dev.varve.ports.in.Images.Target;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** Images that real tools made come out as the same tree with each driver, and as a peer unpacks them. */
@Tag("images")
@EnabledIf(value = "dev.varve.it.TestImages#available", disabledReason = "needs root, and the images in VARVE_TEST_IMAGES")
class ImagesIT {
    /** What umoci makes of the image with this name, once for all. */
    private static final Map<String, Path> UNPACKED = new HashMap<>();
    private static Path bundles;
    /** containers-storage's vfs driver makes a full copy for each layer: minutes for more than these. */
    private static final int COPIED_LAYERS = 20;
    private Path directory;

    @BeforeAll
    static void makeBundles() throws IOException {
        bundles = Drivers.freshDirectory();
    }

    @AfterAll
    static void removeBundles() throws IOException {
        UNPACKED.clear();
        Drivers.delete(bundles);
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    /**
     * The last two columns: the layout with the same content that umoci can read, and the image's name in it.
     */
    @ParameterizedTest
    @CsvSource({"oci-gzip, 6, oci-gzip, small", "docker-archive.tar.gz, 6, oci-gzip, small",
        "chain20-oci, 20, chain20-oci, chain20", "chain20-oci-zstd, 20, chain20-oci, chain20",
        "chain20-docker20-save.tar.gz, 20, chain20-oci, chain20", "chain120-oci, 120, chain120-oci, chain120",
        "chain120-docker-archive.tar.gz, 120, chain120-oci, chain120", "chain240-oci, 240, chain240-oci, chain240"})
    void everyDriverAndAPeerMakeTheSameTree(String image, int layers, String layout, String name) throws IOException {
        TreeListing overlay = merged(config("overlay"), image, layers);
        merged(config("vfs"), image, layers).assertSameAs(overlay, image + ": with vfs, and with overlay");
        merged(config("overlay", "hardlink"), image, layers).assertSameAs(overlay,
                image + ": with one lower directory, and with many");
        assertThat(overlay.size()).isGreaterThan(layers);
        if (Command.exists("umoci")) {
            // It gives the root directory attributes of its own.
            overlay.withoutRoot()
                    .assertSameAs(Kernel.listing(unpacked(layout, name)).withoutRoot(),
                            image + ": by Varve, and by umoci");
        }
    }

    /** The same once more in the eyes of a program that shares no code with Varve. */
    @ParameterizedTest
    @CsvSource({"oci-gzip, oci-gzip, small", "docker-archive.tar.gz, oci-gzip, small",
        "chain20-oci-zstd, chain20-oci, chain20", "chain120-oci, chain120-oci, chain120",
        "chain240-oci, chain240-oci, chain240"})
    @EnabledIf(value = "dev.varve.it.TestImages#availableWithComparer", disabledReason = "needs root, umoci, python3, the images in VARVE_TEST_IMAGES, and tools/treecmp.py beside them")
    void theMountedTreeIsThePeersToAnotherReader(String image, String layout, String name) throws IOException {
        try (Varve varve = Varve.open(config("overlay"))) {
            Image loaded = varve.images().load(TestImages.directory().resolve(image));
            try (Lease lease = varve.layers().acquire(loaded.top())) {
                Command compare = Command.of("python3", TestImages.comparer().toString(), "--no-root");
                compare.with(lease.path().toString(), unpacked(layout, name).toString()).succeeds();
                Path another = directory.resolve("another");
                Files.createDirectory(another);
                assertThat(compare.with(lease.path().toString(), another.toString()).run().code())
                        .as("it tells trees apart")
                        .isEqualTo(1);
            }
        }
    }

    /** Loaded, saved in each form, and given to peers: the configuration and the layers are what they were. */
    @ParameterizedTest
    @ValueSource(strings = {"oci-gzip", "docker-archive.tar.gz", "chain20-oci", "chain20-oci-zstd",
        "chain20-docker20-save.tar.gz", "chain120-oci", "chain120-docker-archive.tar.gz", "chain240-oci"})
    void comesOutAsItCameIn(String image) throws IOException {
        Path archive = directory.resolve("saved.tar");
        Path layout = directory.resolve("saved");
        Path packed = directory.resolve("packed.tar");
        Path store = directory.resolve("store");
        Image loaded;
        try (Varve varve = Varve.open(VarveConfig.of(store))) {
            loaded = varve.images().load(TestImages.directory().resolve(image), Optional.of("saved:1"), Progress.NONE);
            save(varve, new Target.Archive(archive), Format.DOCKER, Compression.NONE);
            save(varve, new Target.Directory(layout), Format.OCI, Compression.ZSTD);
            Images.Saved gzip = save(varve, new Target.Archive(packed), Format.OCI, Compression.GZIP);
            assertThat(gzip.image()).isEqualTo(loaded.digest());
            assertThat(gzip.layers()).extracting(LayerBlob.Written::diffId).isEqualTo(loaded.diffIds());
        }
        for (Path saved : List.of(archive, layout, packed)) {
            Path other = directory.resolve("other");
            try (Varve varve = Varve.open(VarveConfig.of(other))) {
                Image again = varve.images().load(saved);
                assertThat(again.digest()).isEqualTo(loaded.digest());
                assertThat(again.diffIds()).isEqualTo(loaded.diffIds());
                assertThat(again.names()).containsExactly("saved:1");
            }
            Drivers.delete(other);
        }
        if (TestImages.availableWithPeers()) {
            for (String source : List.of("docker-archive:" + archive, "oci:" + layout, "oci-archive:" + packed)) {
                byte[] config = Command.of("skopeo", "inspect", "--config", "--raw", source).succeeds().bytes();
                assertThat(Digest.sha256(config)).as(source).isEqualTo(loaded.digest());
                // skopeo verifies every blob and every diff ID on the way
                Command.of("skopeo", "--insecure-policy", "copy", "-q", source, "dir:" + directory.resolve("copy"))
                        .succeeds();
            }
            TreeListing umoci = Peers.umoci(unzstd(layout), "1", directory).withoutRoot();
            assertThat(umoci.size()).isGreaterThan(1);
            if (loaded.layers().size() <= COPIED_LAYERS) {
                // Neither keeps every attribute; what they lose is not the archive's.
                assertThat(Peers.containersStorage(layout, "1", directory).withoutRoot().size())
                        .isEqualTo(umoci.size());
            }
        }
    }

    /** umoci does not read zstd. */
    private Path unzstd(Path layout) throws IOException {
        Path plain = directory.resolve("plain");
        Command.of("skopeo", "--insecure-policy", "copy", "-q", "--dest-compress-format", "gzip", "oci:" + layout,
                "oci:" + plain + ":1").succeeds();
        return plain;
    }

    private static Images.Saved save(Varve varve, Target target, Format format, Compression compression)
            throws IOException {
        return varve.images().save("saved:1", target, format, compression, Progress.NONE);
    }

    private VarveConfig config(String driver) {
        return VarveConfig.of(directory.resolve(driver)).withDriver(driver);
    }

    private VarveConfig config(String driver, String strategy) {
        return VarveConfig.of(directory.resolve(strategy))
                .withDriver(driver)
                .withOption(driver + ".strategy", strategy);
    }

    private static TreeListing merged(VarveConfig config, String image, int layers) throws IOException {
        try (Varve varve = Varve.open(config)) {
            Image loaded = varve.images().load(TestImages.directory().resolve(image));
            assertThat(loaded.layers()).hasSize(layers);
            assertThat(loaded.omissions()).isEmpty();
            try (Lease lease = varve.layers().acquire(loaded.top())) {
                return Kernel.listing(lease.path());
            }
        }
    }

    private static Path unpacked(String layout, String name) throws IOException {
        Path known = UNPACKED.get(name);
        if (known == null) {
            Path bundle = bundles.resolve(name);
            Command.of("umoci", "unpack", "--image", TestImages.directory().resolve(layout) + ":" + name,
                    bundle.toString()).succeeds();
            known = bundle.resolve("rootfs");
            UNPACKED.put(name, known);
        }
        return known;
    }
}
