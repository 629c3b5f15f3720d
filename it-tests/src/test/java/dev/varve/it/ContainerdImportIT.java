package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Images.Progress;
import dev.varve.ports.in.Images.Target;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** What Varve saves, containerd imports and unpacks: the same configuration, and the same tree. */
@Tag("peers")
@EnabledIf(value = "dev.varve.it.ContainerdImportIT#possible", disabledReason = "needs root, containerd, ctr, and the images in VARVE_TEST_IMAGES")
class ContainerdImportIT {
    private Path directory;

    static boolean possible() {
        return TestImages.available() && Containerd.exists();
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Drivers.delete(directory);
    }

    @ParameterizedTest
    @CsvSource({"oci-gzip, DOCKER, NONE, false", "oci-gzip, OCI, ZSTD, false", "chain20-oci, OCI, GZIP, true",
        "chain20-docker20-save.tar.gz, DOCKER, GZIP, false", "chain120-oci, DOCKER, NONE, false"})
    void anArchiveIsImported(String image, Format format, Compression compression, boolean unpack) throws IOException {
        Path archive = directory.resolve("saved.tar");
        try (Varve varve = Varve.open(VarveConfig.of(directory.resolve("store")));
                Containerd containerd = Containerd.start(directory.resolve("containerd"))) {
            Image loaded = varve.images()
                    .load(TestImages.directory().resolve(image), Optional.of("varve.example/saved:1"), Progress.NONE);
            varve.images()
                    .save("varve.example/saved:1", new Target.Archive(archive), format, compression, Progress.NONE);
            assertThat(containerd.load(archive, unpack)).isEqualTo(loaded.digest().toString());
            if (!unpack) {
                return; // a full copy for each layer takes its time
            }
            try (Lease lease = varve.layers().acquire(loaded.top())) {
                TreeListing merged = Kernel.listing(lease.path());
                PeerLosses.ofContainerd(containerd.tree(loaded.top().value()))
                        .assertSameAs(PeerLosses.ofContainerd(merged), image + ", by containerd");
            }
        }
    }
}
