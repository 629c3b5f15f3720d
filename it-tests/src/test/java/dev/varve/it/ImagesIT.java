package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** Images that real tools made come out as the same tree with each driver, and as a peer unpacks them. */
@Tag("images")
@EnabledIf(value = "dev.varve.it.TestImages#available", disabledReason = "needs root, and the images in VARVE_TEST_IMAGES")
class ImagesIT {
    /** What umoci makes of the image with this name, once for all. */
    private static final Map<String, TreeListing> UNPACKED = new HashMap<>();
    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    /** The last two columns: the layout with the same content that umoci can read, and the image's name in it. */
    @ParameterizedTest
    @CsvSource({"oci-gzip, 6, oci-gzip, small", "docker-archive.tar.gz, 6, oci-gzip, small",
        "chain20-oci, 20, chain20-oci, chain20", "chain20-oci-zstd, 20, chain20-oci, chain20",
        "chain20-docker20-save.tar.gz, 20, chain20-oci, chain20", "chain120-oci, 120, chain120-oci, chain120",
        "chain120-docker-archive.tar.gz, 120, chain120-oci, chain120", "chain240-oci, 240, chain240-oci, chain240"})
    void everyDriverAndAPeerMakeTheSameTree(String image, int layers, String layout, String name) throws IOException {
        TreeListing overlay = merged("overlay", image, layers);
        TreeListing vfs = merged("vfs", image, layers);
        vfs.assertSameAs(overlay, image + ": with vfs, and with overlay");
        assertThat(overlay.size()).isGreaterThan(layers);
        if (Command.exists("umoci")) {
            // It gives the root directory attributes of its own.
            overlay.withoutRoot()
                    .assertSameAs(unpacked(layout, name).withoutRoot(), image + ": by Varve, and by umoci");
        }
    }

    private TreeListing merged(String driver, String image, int layers) throws IOException {
        Path store = directory.resolve(driver);
        try (Varve varve = Varve.open(VarveConfig.of(store).withDriver(driver))) {
            Image loaded = varve.images().load(TestImages.directory().resolve(image));
            assertThat(loaded.layers()).hasSize(layers);
            assertThat(loaded.omissions()).isEmpty();
            try (Lease lease = varve.layers().acquire(loaded.top())) {
                return Kernel.listing(lease.path());
            }
        }
    }

    private TreeListing unpacked(String layout, String name) throws IOException {
        TreeListing known = UNPACKED.get(name);
        if (known == null) {
            Path bundle = directory.resolve("bundle");
            Command.of("umoci", "unpack", "--image", TestImages.directory().resolve(layout) + ":" + name,
                    bundle.toString()).succeeds();
            known = Kernel.listing(bundle.resolve("rootfs"));
            UNPACKED.put(name, known);
        }
        return known;
    }
}
