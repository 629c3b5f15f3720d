package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.contract.StoreHost;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.tree.TarBuilder;

/** The suites on a file system that has reflinks, and that the full copies of vfs are such. */
abstract class ReflinkSuites extends FileSystemSuites {
    ReflinkSuites(LoopFileSystem fileSystem) {
        super(fileSystem);
    }

    @Test
    void aFullCopyTakesNoRoomUntilItIsWrittenTo() throws IOException {
        byte[] content = new byte[16 << 20];
        new Random(1).nextBytes(content);
        LayerId base = new LayerId("base");
        LayerId copy = new LayerId("copy");
        StoreHost host = host("vfs");
        Path directory = host.freshDirectory();
        try (StoreUnderTest store = host.open(directory.resolve("store"))) {
            store.layers()
                    .apply(base, Optional.empty(),
                            new ByteArrayInputStream(
                                    new TarBuilder().entry("noise", '0', 0644, 0, 0, 1, "", content).build()),
                            Expected.ANYTHING);
            store.layers().create(copy, Optional.of(base), Map.of());
            try (Lease below = store.layers().acquire(base); Lease above = store.layers().acquire(copy)) {
                Path original = below.path().resolve("noise");
                Path copied = above.path().resolve("noise");
                assertThat(extents(copied)).isNotEmpty().allMatch(e -> e.contains("shared"));
                assertThat(extents(copied).stream().map(ReflinkSuites::place))
                        .isEqualTo(extents(original).stream().map(ReflinkSuites::place).toList());

                content[0] ^= 1;
                Files.write(copied, content);
                assertThat(extents(copied)).isNotEmpty().noneMatch(e -> e.contains("shared"));
                assertThat(Files.mismatch(original, copied)).isZero();
            }
        } finally {
            host.delete(directory);
        }
    }

    /** Where a file's blocks are, one extent a line, with {@code shared} for those that other files have too. */
    private static List<String> extents(Path file) throws IOException {
        Command.of("sync", file.toString()).succeeds();
        return Command.of("filefrag", "-v", file.toString())
                .succeeds()
                .output()
                .lines()
                .filter(l -> l.matches(" +[0-9]+: .*"))
                .toList();
    }

    /** The physical blocks: {@code ext: logical..logical: physical..physical: length: flags}. */
    private static String place(String extent) {
        return extent.split(":", -1)[2].trim();
    }
}
