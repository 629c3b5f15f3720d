package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.whiteout.WhiteoutFormat.Form;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/** Hard links downwards, ways through links, and what is told of what could not be kept. */
class DeltaWriterTest {
    private static final byte[] LOWER = new TarBuilder().entry("c/", '5', 0750, 0, 0, 500, "", new byte[0])
            .file("c/x", "x")
            .file("f", "old f")
            .symlink("lib", "usr/lib")
            .directory("usr/")
            .directory("usr/lib/")
            .file("usr/lib/a", "a")
            .directory("real/")
            .directory("real/deep/")
            .symlink("s", "real/deep")
            .symlink("up", "s/../x")
            .symlink("abs", "/s/./..//../real")
            .symlink("lost", "missing/../c")
            .symlink("odd", "f/../c")
            .symlink("loop", "loop/x")
            .build();

    private static Map<String, String> applied(TarBuilder upper) throws IOException {
        DeltaFixture layers = new DeltaFixture(MemorySyscalls.create(), LOWER);
        Map<String, String> tree = layers.full(upper.build());
        assertThat(layers.delta(upper.build(), Form.DEVICE)).isEqualTo(tree);
        assertThat(layers.delta(upper.build(), Form.XATTR)).isEqualTo(tree);
        return tree;
    }

    @Test
    void aLowerFileThatALinkBroughtUpIsHiddenLikeAnyOther() throws IOException {
        assertThat(applied(new TarBuilder().hardLink("g", "f").whiteout("", "f"))).containsEntry("g", "old f")
                .doesNotContainKey("f");
        assertThat(applied(new TarBuilder().hardLink("g", "c/x").whiteout("", "c"))).containsEntry("g", "x")
                .doesNotContainKeys("c", "c/x");
        assertThat(applied(new TarBuilder().hardLink("g", "c/x").opaque("c/"))).containsEntry("g", "x")
                .containsEntry("c", "dir 750")
                .doesNotContainKey("c/x");
        assertThat(applied(new TarBuilder().hardLink("c/g", "c/x").whiteout("", "c"))).containsEntry("c/g", "x")
                .containsEntry("c", "dir 755")
                .doesNotContainKey("c/x");
        assertThat(applied(new TarBuilder().hardLink("g", "f").opaque(""))).isEqualTo(Map.of("g", "old f"));
    }

    @Test
    void whatTheLayerPutsInThePlaceOfAFileThatALinkBroughtUpStays() throws IOException {
        assertThat(applied(new TarBuilder().hardLink("g", "f").file("f", "new f").whiteout("", "f")))
                .containsEntry("g", "old f")
                .containsEntry("f", "new f");
        assertThat(applied(new TarBuilder().hardLink("g", "f").directory("f/").whiteout("", "f")))
                .containsEntry("g", "old f")
                .containsEntry("f", "dir 755");
        assertThat(applied(new TarBuilder().hardLink("g", "f").hardLink("f", "g").whiteout("", "f")))
                .containsEntry("g", "old f")
                .containsEntry("f", "old f");
    }

    @Test
    void aDeviceThatThisUserMayNotMakeLeavesTheWhiteoutThatItWouldHaveReplaced() throws IOException {
        MemorySyscalls host = MemorySyscalls.create();
        DeltaFixture layers = new DeltaFixture(host, LOWER);
        for (TarBuilder upper : List.of(new TarBuilder().whiteout("", "f").device("f", '3', 5, 1),
                new TarBuilder().device("f", '3', 5, 1).whiteout("", "f"))) {
            host.refuse("makeNode"::equals, Errno.EPERM);
            assertThat(layers.full(upper.build())).doesNotContainKey("f");
            assertThat(layers.delta(upper.build(), Form.XATTR)).doesNotContainKey("f");
        }
    }

    @Test
    void dotDotInALinkIsTheParentOfWhatWasReached() throws IOException {
        assertThat(applied(new TarBuilder().file("up/in", "i"))).containsEntry("real/x/in", "i").doesNotContainKey("x");
        assertThat(applied(new TarBuilder().file("abs/in", "i"))).containsEntry("real/in", "i");
        assertThat(applied(new TarBuilder().symlink("c/own", "../s/../../c").file("c/own/in", "i")))
                .containsEntry("c/in", "i");
    }

    @ParameterizedTest
    @CsvSource({"lost,what is no directory", "odd,what is no directory", "loop,too many symbolic links"})
    void anEntryBehindALinkThatLeadsNowhereIsRefused(String link, String reason) {
        assertThatExceptionOfType(BadDataException.class)
                .isThrownBy(() -> applied(new TarBuilder().file(link + "/in", "i")))
                .withMessageContainingAll(reason, "/" + link);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost/", "odd/", "loop/", "no/", "f/"})
    void aWhiteoutThereHidesNothing(String directory) throws IOException {
        Map<String, String> untouched = applied(new TarBuilder().directory("new/"));
        assertThat(applied(new TarBuilder().directory("new/").whiteout(directory, "x").opaque(directory)))
                .isEqualTo(untouched);
    }

    @Test
    void linksThatLeadOnAndOnAreRefused() {
        TarBuilder tar = new TarBuilder().symlink("l0", "./".repeat(1000) + "c/..");
        for (int i = 1; i < 30; i++) {
            tar.symlink("l" + i, "c/../".repeat(300) + "l" + (i - 1));
        }
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> applied(tar.file("l29/in", "i")))
                .withMessageContaining("more than 4096");
    }

    @Test
    void anEntryGoesWhereItsParentIsWhenItComes() throws IOException {
        assertThat(applied(new TarBuilder().file("lib/b", "b").whiteout("", "lib").file("lib/c", "c")))
                .containsEntry("usr/lib/b", "b")
                .containsEntry("lib", "dir 755")
                .containsEntry("lib/c", "c")
                .doesNotContainKey("usr/lib/c");
        assertThat(applied(new TarBuilder().file("lib/b", "b").symlink("lib", "c").file("lib/d", "d")))
                .containsEntry("usr/lib/b", "b")
                .containsEntry("c/d", "d");
        assertThat(applied(new TarBuilder().file("lib/b", "b").directory("lib/").file("lib/d", "d")))
                .containsEntry("usr/lib/b", "b")
                .containsEntry("lib/d", "d")
                .doesNotContainKey("usr/lib/d");
        assertThat(applied(
                new TarBuilder().symlink("own", "c").file("own/1", "1").symlink("own", "usr").file("own/2", "2")))
                .containsEntry("c/1", "1")
                .containsEntry("usr/2", "2");
    }

    @Test
    void onlyWhatIsTrueInTheEndIsToldAsLeftOut() throws IOException {
        byte[] mine = new TarBuilder().entry("./", '5', 0755, 1000, 1000, 9, "", new byte[0])
                .entry("d/", '5', 0755, 1000, 1000, 9, "", new byte[0])
                .build();
        DeltaFixture layers = DeltaFixture.ofOrdinaryUser(1000, mine);
        assertThat(layers.omissions).isEmpty();
        layers.full(new TarBuilder().file("e/f", "root's")
                .entry("e/", '5', 0755, 1000, 1000, 9, "", new byte[0])
                .entry("e/f", '0', 0644, 1000, 1000, 9, "", new byte[0])
                .file("e/g", "root's")
                .build());
        assertThat(layers.omissions).singleElement().asString().contains("/e/g", "0:0");
        layers.full(new TarBuilder().file("x/y/f", "root's").symlink("x", "d").build());
        assertThat(layers.omissions).singleElement().asString().contains("/x", "0:0").doesNotContain("/x/");
    }
}
