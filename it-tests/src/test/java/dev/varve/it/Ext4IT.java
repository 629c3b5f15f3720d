package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore.Applied;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.contract.StoreHost;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Stores on ext4. */
@Tag("kernel")
class Ext4IT extends FileSystemSuites {
    /** EXT4_LINK_MAX (fs/ext4/ext4.h) */
    private static final int MOST_LINKS = 65_000;
    @RegisterExtension
    static final LoopFileSystem FILE_SYSTEM = LoopFileSystem.of("ext4", "-q");

    Ext4IT() {
        super(FILE_SYSTEM);
    }

    @Test
    void aFileWithAsManyHardLinksAsThereMayBeIsCopiedAndTheReasonTold() throws IOException {
        StoreHost host = host(KernelHost.of("overlay").withOption("overlay.strategy", "hardlink"));
        Path directory = host.freshDirectory();
        try (StoreUnderTest store = host.open(directory.resolve("store"))) {
            apply(store, "base", Optional.empty(), new TarBuilder().file("many", "m").file("few", "f").build());
            Path links = Files.createDirectory(directory.resolve("links"));
            Path many = directory.resolve("store/overlay/layers/1/fs/many");
            int made = fill(many, links);
            assertThat(made).isEqualTo(MOST_LINKS - 1);

            Applied top = apply(store, "top", Optional.of(new LayerId("base")),
                    new TarBuilder().file("new", "n").build());
            assertThat(top.filled()).hasValueSatisfying(filled -> {
                assertThat(filled.linked()).isEqualTo(1);
                assertThat(filled.copied()).isEqualTo(1);
                assertThat(filled.reasons())
                        .isEqualTo(Map.of("the file has as many hard links as its file system allows", 1L));
            });
            Path copy = directory.resolve("store/overlay/layers/2/fs/many");
            assertThat(Files.getAttribute(copy, "unix:nlink")).isEqualTo(1);
            assertThat(Files.getAttribute(many, "unix:nlink")).isEqualTo(MOST_LINKS);
            TreeListing base = mounted(store, "base");
            TreeListing whole = mounted(store, "top");
            assertThat(whole.told("/many")).isEqualTo(base.told("/many")).containsEntry("size", "1");
            assertThat(whole.paths()).containsExactlyInAnyOrder("/", "/many", "/few", "/new");
        } finally {
            host.delete(directory);
        }
    }

    /** Links the file until it can have no more; returns how many it got. */
    private static int fill(Path file, Path directory) throws IOException {
        for (int i = 0;; i++) {
            try {
                Files.createLink(directory.resolve(Integer.toString(i)), file);
            } catch (FileSystemException e) {
                assertThat(e.getReason()).isEqualTo("Too many links");
                return i;
            }
        }
    }

    private static Applied apply(StoreUnderTest store, String id, Optional<LayerId> parent, byte[] archive)
            throws IOException {
        return store.layers().apply(new LayerId(id), parent, new ByteArrayInputStream(archive), Expected.ANYTHING);
    }

    private static TreeListing mounted(StoreUnderTest store, String id) throws IOException {
        try (Lease lease = store.layers().acquire(new LayerId(id))) {
            return Kernel.listing(lease.path());
        }
    }
}
