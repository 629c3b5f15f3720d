package dev.varve.app.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.RootFiles;
import dev.varve.testkit.tree.TarBuilder;

/** What other readers of layers lose: attributes of roots and parents, times, links to links. */
class LayerFidelityTest {
    private static final byte[] NONE = new byte[0];
    private static final byte[] LOWER = new TarBuilder().entry("./", '5', 0710, 3, 4, 77, "", NONE)
            .entry("f", '0', 0640, 1, 2, 500, "", "old f".getBytes(US_ASCII))
            .entry("l", '2', 0777, 1, 2, 500, "f", NONE)
            .build();
    private final DeltaFixture layers;

    LayerFidelityTest() throws IOException {
        layers = new DeltaFixture(MemorySyscalls.create(), LOWER);
    }

    private RootFiles applied(TarBuilder upper) throws IOException {
        layers.full(upper.build());
        return new RootFiles(layers.last());
    }

    private static void assertIs(FileStat stat, int mode, int uid, int gid, Instant modified) {
        assertThat(stat.mode()).isEqualTo(mode);
        assertThat(stat.uid()).isEqualTo(uid);
        assertThat(stat.gid()).isEqualTo(gid);
        assertThat(stat.modified()).isEqualTo(modified);
    }

    @Test
    void theRootIsLikeTheOneBelowUnlessTheArchiveSaysOtherwise() throws IOException {
        try (RootFiles root = applied(new TarBuilder().file("x", "x"))) {
            assertIs(root.stat(), 0710, 3, 4, Instant.ofEpochSecond(77));
        }
        TarBuilder own = new TarBuilder().pax("SCHILY.xattr.user.empty", NONE)
                .entry("./", '5', 01777, 5, 6, 88, "", NONE)
                .file("x", "x");
        try (RootFiles root = applied(own); Directory directory = layers.last()) {
            assertIs(root.stat(), 01777, 5, 6, Instant.ofEpochSecond(88));
            assertThat(directory.xattrs().has("user.empty")).isTrue();
        }
    }

    @Test
    void aParentThatNothingNamesIsRootsWithMode0755FromTheEpoch() throws IOException {
        try (RootFiles root = applied(new TarBuilder().file("a/b/x", "x").file("f/in", "beneath what was a file"))) {
            for (String parent : new String[]{"a", "a/b", "f"}) {
                assertIs(root.stat(parent), 0755, 0, 0, Instant.EPOCH);
            }
        }
    }

    @Test
    void aDirectoryKeepsItsTimeThoughLaterEntriesAreWrittenIntoIt() throws IOException {
        TarBuilder upper = new TarBuilder().directory("d/")
                .directory("d/e/")
                .file("other", "o")
                .file("d/e/late", "l")
                .file("d/e/late", "again")
                .hardLink("d/link", "f");
        try (RootFiles root = applied(upper)) {
            assertThat(root.stat("d").modified()).isEqualTo(Instant.ofEpochSecond(1000));
            assertThat(root.stat("d/e").modified()).isEqualTo(Instant.ofEpochSecond(1000));
        }
    }

    @Test
    void aHardLinkToAFileOfALowerLayerHasThatFilesMetadata() throws IOException {
        try (RootFiles root = applied(new TarBuilder().hardLink("g", "f"))) {
            assertIs(root.stat("g"), 0640, 1, 2, Instant.ofEpochSecond(500));
            assertThat(root.stat("g").sameInode(root.stat("f"))).isTrue();
            assertThat(root.stat("g").links()).isEqualTo(2);
        }
    }

    @Test
    void aHardLinkToASymbolicLinkIsOneMoreNameOfTheLinkItself() throws IOException {
        try (RootFiles root = applied(new TarBuilder().hardLink("lower", "l").symlink("s", "f").hardLink("own", "s"))) {
            assertThat(root.all()).containsEntry("lower", "-> f").containsEntry("own", "-> f");
            assertThat(root.stat("own").sameInode(root.stat("s"))).isTrue();
            assertThat(root.stat("lower").sameInode(root.stat("l"))).isTrue();
        }
    }

    @Test
    void timesBefore1970AndPartsOfSecondsAreKept() throws IOException {
        try (RootFiles root = applied(new TarBuilder().pax("mtime", "-1.25".getBytes(US_ASCII))
                .file("old", "o")
                .pax("mtime", "5000000000.000000001".getBytes(US_ASCII))
                .directory("new/"))) {
            assertThat(root.stat("old").modified()).isEqualTo(Instant.ofEpochSecond(-2, 750_000_000));
            assertThat(root.stat("new").modified()).isEqualTo(Instant.ofEpochSecond(5_000_000_000L, 1));
        }
    }

    @Test
    void attributesWithoutAValueAndThoseOfUsersAreKeptAndOverlayfsOwnAreNot() throws IOException {
        for (String name : new String[]{"user.empty", "trusted.overlay.opaque", "user.overlay.whiteout"}) {
            TarBuilder upper = new TarBuilder().pax("SCHILY.xattr." + name, NONE).file("x", "x");
            try (RootFiles root = applied(upper); Directory directory = layers.last()) {
                assertThat(root.read("x")).isEqualTo("x");
                Xattrs xattrs = directory.xattrs(EntryName.of("x"));
                assertThat(xattrs.has(name)).as(name).isEqualTo(!name.contains("overlay"));
            }
            assertThat(layers.omissions).hasSize(name.contains("overlay") ? 1 : 0);
        }
    }
}
