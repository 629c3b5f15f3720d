package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.ports.in.LayerStore.Changes;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Layers in which the kernel wrote redirects, metadata-only copies and an index: their deltas do not tell all. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayIndirectIT extends OverlayStoreTest {
    private static final String BIG = "big ".repeat(50_000);
    private static final byte[] BASE = new TarBuilder().directory("d/")
            .file("d/a", "a")
            .directory("d/sub/")
            .file("d/sub/b", "b")
            .directory("other/")
            .file("big", BIG)
            .file("h1", "linked")
            .hardLink("h2", "h1")
            .build();

    private static String content(Path file) throws IOException {
        return Files.readString(file);
    }

    private static void withRenamed(Varve varve, String name) throws IOException {
        apply(varve, "base", "", BASE);
        create(varve, name, "base");
        in(varve, name, root -> {
            Files.move(root.resolve("d"), root.resolve("other/e"));
            Files.writeString(root.resolve("other/e/new"), "new");
            Files.delete(root.resolve("other/e/sub/b"));
        });
    }

    private static void withMetadataOnly(Varve varve, String name) throws IOException {
        apply(varve, "base", "", BASE);
        create(varve, name, "base");
        in(varve, name, root -> Files.setPosixFilePermissions(root.resolve("big"),
                PosixFilePermissions.fromString("rw-------")));
    }

    @Test
    void aRenamedDirectoryOfALowerLayerIsTold() throws IOException {
        try (Varve varve = open("redirect_dir=on")) {
            withRenamed(varve, "c");
            Changes changes = changes(varve, "c");
            assertThat(lines(changes)).containsExactly("D /d", "C /other", "A /other/e", "A /other/e/a",
                    "A /other/e/new", "A /other/e/sub");
            assertThat(changes.method().fromDelta()).isFalse();
            assertThat(changes.method().reason()).contains("/other/e").contains("redirect").contains("compared");
            assertDiffMakesTheSame(varve, "c", "base");
        }
    }

    @Test
    void aFileOfWhichOnlyTheModeChangedIsToldWithItsContent() throws IOException {
        try (Varve varve = open("metacopy=on")) {
            withMetadataOnly(varve, "c");
            assertThat(content(layer(2).resolve("fs/big"))).as("what the delta itself holds")
                    .isEqualTo("\0".repeat(BIG.length()));
            Changes changes = changes(varve, "c");
            assertThat(lines(changes)).containsExactly("C /big");
            assertThat(changes.method().fromDelta()).isFalse();
            assertThat(changes.method().reason()).contains("/big").contains("metacopy");
            assertDiffMakesTheSame(varve, "c", "base");
            in(varve, "c-again", root -> assertThat(content(root.resolve("big"))).isEqualTo(BIG));
        }
    }

    @Test
    void aLayerOnARenamedDirectoryIsMadeOfWhatIsSeenThere() throws IOException {
        try (Varve varve = open("redirect_dir=on")) {
            withRenamed(varve, "c");
            apply(varve, "top", "c",
                    new TarBuilder().file("other/e/sub/more", "m")
                            .whiteout("other/e/", "a")
                            .whiteout("d/", "a")
                            .hardLink("other/link", "other/e/new")
                            .build());
            in(varve, "top", root -> {
                assertThat(root.resolve("other/e/a")).doesNotExist();
                assertThat(root.resolve("d")).doesNotExist();
                assertThat(content(root.resolve("other/e/sub/more"))).isEqualTo("m");
                assertThat(content(root.resolve("other/link"))).isEqualTo("new");
            });
            assertThat(lines(changes(varve, "top"))).containsExactly("C /other", "C /other/e", "D /other/e/a",
                    "C /other/e/new", "C /other/e/sub", "A /other/e/sub/more", "A /other/link");
            apply(varve, "again", "c", diff(varve, "top"));
            listing(varve, "again").assertSameAs(listing(varve, "top"), "the same layer from its diff");
        }
    }

    @Test
    void aLinkToAFileWithoutContentLinksAWholeOne() throws IOException {
        try (Varve varve = open("metacopy=on")) {
            withMetadataOnly(varve, "c");
            apply(varve, "top", "c", new TarBuilder().hardLink("link", "big").build());
            assertThat(content(layer(3).resolve("fs/link"))).isEqualTo(BIG);
            in(varve, "top", root -> {
                assertThat(content(root.resolve("link"))).isEqualTo(BIG);
                assertThat(Files.getPosixFilePermissions(root.resolve("link"))).hasSize(2);
            });
        }
    }

    @Test
    void aFullTreeIsFilledWithWhatIsSeen() throws IOException {
        try (Varve varve = open("metacopy=on", "strategy=hardlink")) {
            withRenamed(varve, "c");
            in(varve, "c", root -> Files.setPosixFilePermissions(root.resolve("big"),
                    PosixFilePermissions.fromString("rw-------")));
            TreeListing seen = listing(varve, "c");
            apply(varve, "full", "c", new TarBuilder().build());
            assertThat(content(layer(3).resolve("fs/big"))).isEqualTo(BIG);
            Kernel.listing(layer(3).resolve("fs")).assertSameAs(seen, "a full tree on the layer");
        }
    }

    @Test
    void aStoreThatIsNowOpenedWithoutTheOptionsStillReadsSuchLayers() throws IOException {
        try (Varve varve = open("metacopy=on")) {
            withMetadataOnly(varve, "c");
            create(varve, "top", "c");
        }
        try (Varve varve = open()) {
            in(varve, "c", root -> assertThat(content(root.resolve("big"))).isEqualTo(BIG));
            assertThat(lines(changes(varve, "c"))).containsExactly("C /big");
            in(varve, "top",
                    root -> assertThatExceptionOfType(IOException.class).as("the kernel follows none when writable")
                            .isThrownBy(() -> content(root.resolve("big"))));
        }
    }

    @Test
    void filesBoundByAnIndexAreToldUnderAllTheirNamesAndAreNoParent() throws Exception {
        try (Varve varve = open("index=on")) {
            apply(varve, "base", "", BASE);
            create(varve, "c", "base");
            in(varve, "c", root -> {
                Files.writeString(root.resolve("h1"), " more", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
                assertThat(content(root.resolve("h2"))).as("the link is kept").isEqualTo("linked more");
            });
            Changes changes = changes(varve, "c");
            assertThat(lines(changes)).containsExactly("C /h1", "C /h2");
            assertThat(changes.method().reason()).contains("nlink");
            assertDiffMakesTheSame(varve, "c", "base");
            assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> create(varve, "top", "c"))
                    .withMessageContaining("overlay.index=on");
            create(varve, "top", "c-again");
            in(varve, "top", root -> assertThat(content(root.resolve("h2"))).isEqualTo("linked more"));
        }
    }
}
