package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.testkit.tree.TarBuilder;

/** What layers hold: archives applied, changes told, differences turned into archives again. */
public abstract class ContentContract extends LayerStoreContract {
    /** For the subclasses, one a driver. */
    protected ContentContract() {}

    /** The base of the cases in which readers of layers are known to differ. */
    private static final byte[] BASE = new TarBuilder().entry("c/", '5', 0750, 0, 0, 500, "", new byte[0])
            .file("c/x", "x")
            .directory("c/sub/")
            .file("c/sub/y", "y")
            .file("f", "old f")
            .symlink("lib", "usr/lib")
            .directory("usr/")
            .directory("usr/lib/")
            .file("usr/lib/a", "a")
            .build();

    /** The most layers that the driver can have below one, or 0 where it has no limit. */
    protected abstract int maxParents();

    private Map<String, String> applied(TarBuilder upper) throws IOException {
        apply("base", "", BASE);
        apply("upper", "base", upper.build());
        return tree("upper");
    }

    @Test
    void aWhiteoutHidesWhatLiesBelowAndNotWhatComesAfterIt() throws IOException {
        assertThat(applied(new TarBuilder().whiteout("", "c").directory("c/").file("c/back", "b")))
                .containsEntry("c/back", "b")
                .doesNotContainKeys("c/x", "c/sub", "c/sub/y");
    }

    @Test
    void aWhiteoutHidesWhatLiesBelowAndNotWhatCameBeforeIt() throws IOException {
        assertThat(applied(new TarBuilder().directory("c/").file("c/back", "b").whiteout("", "c")))
                .containsEntry("c/back", "b")
                .doesNotContainKeys("c/x", "c/sub", "c/sub/y");
    }

    @Test
    void aWhiteoutOfAFileOfTheSameLayerHidesOnlyTheOneBelow() throws IOException {
        assertThat(applied(new TarBuilder().file("f", "new f").whiteout("", "f"))).containsEntry("f", "new f");
        apply("other", "base", new TarBuilder().whiteout("", "f").file("f", "new f").build());
        assertThat(tree("other")).containsEntry("f", "new f");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anOpaqueMarkWorksFirstAndLast(boolean first) throws IOException {
        TarBuilder upper = new TarBuilder();
        if (first) {
            upper.opaque("c/");
        }
        upper.file("c/back", "b");
        if (!first) {
            upper.opaque("c/");
        }
        assertThat(applied(upper)).containsEntry("c/back", "b").doesNotContainKeys("c/x", "c/sub", "c/sub/y");
        in("upper", root -> assertThat(Files.getPosixFilePermissions(root.resolve("c"))).hasSize(5));
    }

    @Test
    void anOpaqueRootHidesAllThatLiesBelow() throws IOException {
        assertThat(applied(new TarBuilder().file("c/back", "b").opaque("").file("new", "n")))
                .isEqualTo(Map.of("c", "dir", "c/back", "b", "new", "n"));
    }

    @Test
    void aDirectoryThatNoEntryNamesKeepsItsAttributes() throws IOException {
        applied(new TarBuilder().file("c/new", "n").whiteout("c/", "x"));
        in("upper", root -> {
            assertThat(Files.getPosixFilePermissions(root.resolve("c"))).hasSize(5);
            assertThat(Files.getLastModifiedTime(root.resolve("c")).toInstant()).isEqualTo(Instant.ofEpochSecond(500));
        });
        assertThat(tree("upper")).containsKeys("c/new", "c/sub/y").doesNotContainKey("c/x");
    }

    @Test
    void aWhiteoutInADirectoryThatDoesNotExistLeavesNoTrace() throws IOException {
        assertThat(applied(new TarBuilder().whiteout("gone/", "x").whiteout("", "never"))).isEqualTo(tree("base"));
        assertThat(changes("upper")).isEmpty();
    }

    @Test
    void aHardLinkToAFileOfALowerLayerIsThatFilesContent() throws IOException {
        assertThat(applied(new TarBuilder().hardLink("g", "f"))).containsEntry("g", "old f")
                .containsEntry("f", "old f");
        in("upper", root -> assertThat(Files.getAttribute(root.resolve("g"), "unix:ino"))
                .isEqualTo(Files.getAttribute(root.resolve("f"), "unix:ino")));
    }

    @Test
    void aSymbolicLinkOnTheWayIsFollowedWithinTheRoot() throws IOException {
        assertThat(applied(new TarBuilder().file("lib/b", "b").whiteout("lib/", "a"))).containsEntry("usr/lib/b", "b")
                .containsEntry("lib", "-> usr/lib")
                .doesNotContainKey("usr/lib/a");
    }

    @Test
    void aSymbolicLinkThatLeadsOutsideIsFollowedInside() throws IOException {
        Path outside = directory().resolve("outside");
        Files.createDirectory(outside);
        assertThat(applied(new TarBuilder().symlink("out", outside.toString())
                .file("out/file", "caught")
                .symlink("up", "../../../../../..")
                .file("up/too", "caught"))).containsEntry(outside.toString().substring(1) + "/file", "caught")
                .containsEntry("too", "caught");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void anEntryTakesThePlaceOfAnotherKindOfFile() throws IOException {
        assertThat(applied(new TarBuilder().file("c", "now a file")
                .directory("f/")
                .file("f/in", "i")
                .directory("lib/")
                .file("lib/own", "o"))).containsEntry("c", "now a file")
                .containsEntry("f/in", "i")
                .containsEntry("lib", "dir")
                .containsEntry("lib/own", "o")
                .containsEntry("usr/lib/a", "a")
                .doesNotContainKeys("c/x", "lib/a");
    }

    @Test
    void ofTwoEntriesWithOnePathTheLastCounts() throws IOException {
        assertThat(
                applied(new TarBuilder().file("d", "1").directory("d/").file("d/x", "2").file("e", "1").file("e", "2")))
                .containsEntry("d", "dir")
                .containsEntry("d/x", "2")
                .containsEntry("e", "2");
    }

    @Test
    void damagedLayersAreRefusedAndLeaveNothing() throws Exception {
        apply("base", "", BASE);
        refused(BadDataException.class,
                () -> apply("bad", "base", new TarBuilder().whiteout("", "f").hardLink("g", "f").build()));
        refused(BadDataException.class, () -> apply("bad", "base", new TarBuilder().hardLink("g", "no").build()));
        refused(BadDataException.class,
                () -> apply("bad", "base", new TarBuilder().hardLink("g", "h").file("h", "late").build()));
        refused(BadDataException.class, () -> apply("bad", "base", new TarBuilder().hardLink("h", "h").build()));
        refused(BadDataException.class, () -> apply("bad", "base", new TarBuilder().hardLink("h", "c").build()));
        refused(BadDataException.class,
                () -> apply("bad", "base", new TarBuilder().file("n", "").file("n/x", "").build()));
        refused(BadDataException.class, () -> apply("bad", "base",
                new TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x", "").build()));
        refused(UnsafePathException.class, () -> apply("bad", "base", new TarBuilder().file("../x", "").build()));
        refused(UnsafePathException.class, () -> apply("bad", "base", new TarBuilder().file(".wh.", "").build()));
        refused(UnsafePathException.class, () -> apply("bad", "base", new TarBuilder().file(".wh..", "").build()));
        refused(UnsafePathException.class, () -> apply("bad", "base", new TarBuilder().file(".wh.x/y", "").build()));
        refused(UnsafePathException.class, () -> apply("bad", "base", new TarBuilder().symlink("./", "/").build()));
        refused(UnsafePathException.class,
                () -> apply("bad", "base", new TarBuilder().entry("w", '3', 0, 0, 0, 0, "", new byte[0]).build()));
        refused(BadDataException.class, () -> apply("bad", "base", new byte[0]));
        refused(BadDataException.class, () -> apply("bad", "base", "this is no tar".repeat(99).getBytes("UTF-8")));
        refused(BadDataException.class, () -> apply("bad", "base", Arrays.copyOf(BASE, BASE.length / 2 + 100)));
        refused(DigestMismatchException.class,
                () -> layers().apply(id("bad"), Optional.of(id("base")), new java.io.ByteArrayInputStream(BASE),
                        new Expected(Optional.of(Digest.sha256(new byte[1])), Optional.empty())));
        refused(DigestMismatchException.class,
                () -> layers().apply(id("bad"), Optional.of(id("base")), new java.io.ByteArrayInputStream(BASE),
                        new Expected(Optional.empty(), Optional.of(new DiffId(Digest.sha256(new byte[1]))))));
        try (var places = Files.walk(directory().resolve("store"), 3)) {
            assertThat(places.map(p -> p.getFileName().toString())).noneMatch(n -> n.endsWith(".new"));
        }
        assertThat(tree("base")).containsEntry("f", "old f");
    }

    @Test
    void changesTellWhatWasDone() throws IOException {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            Files.writeString(root.resolve("new"), "n");
            Files.writeString(root.resolve("f"), "changed f");
            Files.delete(root.resolve("c/x"));
            Files.delete(root.resolve("c/sub/y"));
            Files.delete(root.resolve("c/sub"));
            Files.createDirectory(root.resolve("c/sub"));
            Files.writeString(root.resolve("c/sub/z"), "z");
            Files.delete(root.resolve("lib"));
            Files.createDirectory(root.resolve("lib"));
        });
        assertThat(changes("work")).containsExactly("C /c", "C /c/sub", "D /c/sub/y", "A /c/sub/z", "D /c/x", "C /f",
                "C /lib", "A /new");
        assertThat(changes("base")).startsWith("A /c", "A /c/sub", "A /c/sub/y").allMatch(c -> c.startsWith("A "));
    }

    @Test
    void aRemovedAndReplacedTreeComesThroughAnArchive() throws IOException {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            Files.delete(root.resolve("c/x"));
            Files.delete(root.resolve("c/sub/y"));
            Files.delete(root.resolve("c/sub"));
            Files.delete(root.resolve("c"));
            Files.createDirectory(root.resolve("c"));
            Files.createDirectory(root.resolve("c/sub"));
            Files.writeString(root.resolve("c/sub/only"), "o");
            Files.createLink(root.resolve("c/linked"), root.resolve("c/sub/only"));
            Files.setLastModifiedTime(root.resolve("c/sub/only"),
                    FileTime.from(Instant.ofEpochSecond(-5, 123_456_789)));
            Files.setLastModifiedTime(root.resolve("c"), FileTime.from(Instant.ofEpochSecond(5_000_000_000L, 1)));
        });
        byte[] archive = diff("work");
        apply("copy", "base", archive);
        assertThat(tree("copy")).isEqualTo(tree("work")).containsKey("c/sub/only").doesNotContainKeys("c/sub/y", "c/x");
        assertThat(differences("copy", "work")).isEmpty();
        assertThat(differences("work", "copy")).isEmpty();
        assertThat(diff("work")).isEqualTo(archive);
        assertThat(diff("copy")).isEqualTo(archive);
    }

    @Test
    void directoriesThatForbidLookingInAreKeptAndReadAllTheSame() throws IOException {
        apply("base", "",
                new TarBuilder().entry("shut/", '5', 0, 0, 0, 7, "", new byte[0])
                        .file("shut/in", "i")
                        .entry("list/", '5', 0400, 0, 0, 7, "", new byte[0])
                        .file("list/in", "l")
                        .directory("list/sub/")
                        .build());
        apply("upper", "base", new TarBuilder().file("shut/more", "m").whiteout("list/", "in").build());
        assertThat(changes("upper")).containsExactly("C /list", "D /list/in", "C /shut", "A /shut/more");
        assertThat(layers().usage(id("upper")).size()).isPositive();
        apply("copy", "base", diff("upper"));
        assertThat(differences("copy", "upper")).isEmpty();
        in("copy", root -> {
            assertThat(Files.getPosixFilePermissions(root.resolve("shut"))).isEmpty();
            assertThat(Files.getPosixFilePermissions(root.resolve("list"))).hasSize(1);
            assertThat(Files.getLastModifiedTime(root.resolve("shut")).toInstant()).isEqualTo(Instant.ofEpochSecond(7));
        });
    }

    @Test
    void anyTwoLayersCanBeCompared() throws IOException {
        apply("base", "", BASE);
        apply("one", "base", new TarBuilder().file("only-one", "1").whiteout("", "f").build());
        apply("two", "base", new TarBuilder().file("only-two", "2").build());
        assertThat(differences("two", "one")).containsExactly("A /f", "D /only-one", "A /only-two");
        assertThat(differences("one", "two")).containsExactly("D /f", "A /only-one", "D /only-two");
        assertThat(differences("two", "base")).containsExactly("A /only-two");
    }

    @Test
    void otherContentOfTheSameSizeAndTimeIsFoundWhenAskedFor() throws IOException {
        apply("base", "", new TarBuilder().file("f", "aaaa").build());
        apply("same", "", new TarBuilder().file("f", "bbbb").build());
        assertThat(layers().changes(id("same"), Optional.of(id("base")), dev.varve.domain.change.Comparison.METADATA)
                .list()).isEmpty();
        assertThat(differences("same", "base")).containsExactly("C /f");
    }

    @Test
    void aChainOf128LayersReadsRight() throws IOException {
        chain(128);
        assertThat(tree("128")).containsEntry("f128", "128")
                .containsEntry("f2", "2")
                .containsEntry("all", "128")
                .doesNotContainKey("f1");
    }

    @Test
    void theLongestChainMountsAndALongerOneIsRefusedBeforeAnythingIsMade() throws Exception {
        int max = maxParents();
        org.junit.jupiter.api.Assumptions.assumeTrue(max > 0, "this driver sets no limit to the length of a chain");
        chain(max);
        create("top", Integer.toString(max));
        assertThat(tree("top")).containsEntry("f" + max, Integer.toString(max))
                .containsEntry("f2", "2")
                .containsEntry("all", Integer.toString(max));
        assertThat(tree(Integer.toString(max))).containsEntry("f2", "2");
        refused(UnsupportedException.class,
                () -> apply("more", Integer.toString(max), new TarBuilder().file("x", "x").build()));
        refused(UnsupportedException.class, () -> {
            create("more", "top");
            return null;
        });
    }

    private void chain(int length) throws IOException {
        for (int i = 1; i <= length; i++) {
            TarBuilder layer = new TarBuilder().file("f" + i, Integer.toString(i)).file("all", Integer.toString(i));
            if (i == 2) {
                layer.whiteout("", "f1");
            }
            apply(Integer.toString(i), i == 1 ? "" : Integer.toString(i - 1), layer.build());
        }
    }
}
