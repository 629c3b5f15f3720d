package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.google.common.collect.Collections2;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.testkit.tree.RootFiles;
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

    private interface Entry {
        TarBuilder in(TarBuilder tar);
    }

    /** The trees of a layer with its entries in each order that they can come in. */
    private List<Map<String, String>> appliedInEachOrder(Entry... entries) throws IOException {
        apply("base", "", BASE);
        List<Map<String, String>> trees = new ArrayList<>();
        for (List<Entry> order : Collections2.permutations(Arrays.asList(entries))) {
            TarBuilder upper = new TarBuilder();
            order.forEach(entry -> entry.in(upper));
            apply("upper-" + trees.size(), "base", upper.build());
            trees.add(tree("upper-" + trees.size()));
        }
        return trees;
    }

    @Test
    void aWhiteoutHidesWhatLiesBelowAndNothingOfItsOwnLayerWhateverTheOrder() throws IOException {
        assertThat(appliedInEachOrder(tar -> tar.whiteout("", "c"), tar -> tar.directory("c/"),
                tar -> tar.file("c/back", "b"))).hasSize(6)
                .allSatisfy(tree -> assertThat(tree).containsEntry("c/back", "b")
                        .doesNotContainKeys("c/x", "c/sub", "c/sub/y"));
    }

    @Test
    void anOpaqueMarkAndAWhiteoutOfAFileWorkWhateverTheOrder() throws IOException {
        assertThat(appliedInEachOrder(tar -> tar.opaque("c/"), tar -> tar.file("c/back", "b"),
                tar -> tar.whiteout("", "f"), tar -> tar.file("f", "new f")))
                .hasSize(24)
                .allSatisfy(tree -> assertThat(tree).containsEntry("c/back", "b")
                        .containsEntry("f", "new f")
                        .doesNotContainKeys("c/x", "c/sub", "c/sub/y"));
        in("upper-23", root -> assertThat(root.stat("c").mode()).isEqualTo(0750));
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
            assertThat(root.stat("c").mode()).isEqualTo(0750);
            assertThat(root.stat("c").modified()).isEqualTo(Instant.ofEpochSecond(500));
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
        in("upper", root -> assertThat(root.stat("g").sameInode(root.stat("f"))).isTrue());
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
        try (RootFiles files = files(directory())) {
            files.makeDirectory("outside");
        }
        assertThat(applied(new TarBuilder().symlink("out", outside.toString())
                .file("out/file", "caught")
                .symlink("up", "../../../../../..")
                .file("up/too", "caught"))).containsEntry(outside.toString().substring(1) + "/file", "caught")
                .containsEntry("too", "caught");
        try (RootFiles files = files(outside)) {
            assertThat(files.paths()).isEmpty();
        }
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
        assertThat(storeFiles()).noneMatch(p -> p.endsWith(".new"));
        assertThat(tree("base")).containsEntry("f", "old f");
    }

    /** Of what replaces its own files, hides, links downwards, or is not even an entry. */
    @Test
    void anAppliedArchiveComesBackToTheByte() throws IOException {
        apply("base", "", BASE);
        byte[] upper = new TarBuilder().file("c/x", "replaced soon")
                .whiteout("", "f")
                .directory("d/")
                .file("d/gone", "in a directory that goes")
                .hardLink("linked", "c/sub/y")
                .pax("mtime", "1.5".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .file("c/x", "x again")
                .symlink("d", "c")
                .file("lib/through", "a link of the layer below")
                .opaque("c/sub/")
                .file(".wh..wh.plnk/1.1", "bookkeeping of AUFS")
                .entry("socketless", '6', 0600, 7, 8, 9, "", new byte[0])
                .build();
        byte[] more = Arrays.copyOf(upper, upper.length + 700);
        Arrays.fill(more, upper.length, more.length, (byte) 'g');
        assertThat(apply("upper", "base", more).diffId()).isEqualTo(new DiffId(Digest.sha256(more)));
        for (String layer : new String[]{"upper", "base"}) {
            byte[] applied = layer.equals("base") ? BASE : more;
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            var written = layers().diff(id(layer), Optional.empty(), dev.varve.domain.change.Comparison.METADATA)
                    .writeTo(out, dev.varve.ports.archive.Compression.NONE);
            assertThat(out.toByteArray()).isEqualTo(applied);
            assertThat(written.diffId().digest()).isEqualTo(written.blob()).isEqualTo(Digest.sha256(applied));
            assertThat(written.entries()).isEqualTo(layer.equals("base") ? 9 : 11);
            assertThat(written.omissions()).isEmpty();
            assertThat(written.method().reason()).contains("applied from");
        }
        assertThat(tree("upper")).containsEntry("c/x", "x again").containsEntry("d", "-> c");
        reopen();
        assertThat(diff("upper")).isEqualTo(more);
        apply("again", "base", diff("upper"));
        assertThat(differences("again", "upper")).isEmpty();
        in("upper", root -> assertThat(diff("upper")).isEqualTo(more));
    }

    /** Against another layer than the parent, the archive that was applied is of no use. */
    @Test
    void aDifferenceFromAnotherLayerIsFoundAsEver() throws IOException {
        apply("base", "", BASE);
        apply("upper", "base", new TarBuilder().file("f", "new f").build());
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        apply("other", "", new TarBuilder().file("f", "new f").build());
        var written = layers().diff(id("upper"), Optional.of(id("other")), dev.varve.domain.change.Comparison.CONTENT)
                .writeTo(out, dev.varve.ports.archive.Compression.NONE);
        assertThat(written.method().fromDelta()).isFalse();
        assertThat(written.entries()).isPositive();
        create("active", "base");
        in("active", root -> root.write("f", "new f"));
        assertThat(layers().diff(id("active"), Optional.empty(), dev.varve.domain.change.Comparison.METADATA)
                .writeTo(out, dev.varve.ports.archive.Compression.NONE)
                .method()
                .reason()).doesNotContain("applied from");
    }

    @Test
    void aLayerWhoseFilesWereChangedDoesNotPassForItsArchive(@TempDir Path outside) throws Exception {
        apply("base", "", BASE);
        String file = storeFiles().stream().filter(p -> p.endsWith("/fs/f")).findFirst().orElseThrow();
        try (RootFiles files = files(directory().resolve("store"))) {
            files.write(file, "bad f");
        }
        refused(BadDataException.class, () -> diff("base"));
        Path target = outside.resolve("diff.tar");
        refused(BadDataException.class,
                () -> layers().diff(id("base"), Optional.empty(), dev.varve.domain.change.Comparison.METADATA)
                        .writeTo(target, dev.varve.ports.archive.Compression.GZIP));
        assertThat(target).doesNotExist();
    }

    @Test
    void changesTellWhatWasDone() throws IOException {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            root.write("new", "n");
            root.write("f", "changed f");
            root.remove("c/x");
            root.remove("c/sub/y");
            root.remove("c/sub");
            root.makeDirectory("c/sub");
            root.write("c/sub/z", "z");
            root.remove("lib");
            root.makeDirectory("lib");
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
            root.remove("c/x");
            root.remove("c/sub/y");
            root.remove("c/sub");
            root.remove("c");
            root.makeDirectory("c");
            root.makeDirectory("c/sub");
            root.write("c/sub/only", "o");
            root.link("c/sub/only", "c/linked");
            root.setModified("c/sub/only", Instant.ofEpochSecond(-5, 123_456_789));
            root.setModified("c", Instant.ofEpochSecond(5_000_000_000L, 1));
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
    void aSocketInThePlaceOfAFileHidesTheFile() throws IOException {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            root.remove("f");
            root.makeSocket("f");
        });
        java.io.ByteArrayOutputStream archive = new java.io.ByteArrayOutputStream();
        var written = layers().diff(id("work"), Optional.empty(), dev.varve.domain.change.Comparison.METADATA)
                .writeTo(archive, dev.varve.ports.archive.Compression.NONE);
        assertThat(written.omissions()).singleElement().asString().contains("/f");
        apply("copy", "base", archive.toByteArray());
        assertThat(tree("copy")).doesNotContainKey("f").containsKey("c/x");
    }

    @Test
    void aDirectoryWhoseNameReadsAsAWhiteoutIsLeftOutWithAllThatIsInIt() throws IOException {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            root.makeDirectory(".wh.d");
            root.write(".wh.d/in", "i");
            root.write("z", "z");
        });
        java.io.ByteArrayOutputStream archive = new java.io.ByteArrayOutputStream();
        var written = layers().diff(id("work"), Optional.empty(), dev.varve.domain.change.Comparison.METADATA)
                .writeTo(archive, dev.varve.ports.archive.Compression.NONE);
        assertThat(written.omissions()).isNotEmpty().allSatisfy(o -> assertThat(o).asString().contains("/.wh.d"));
        apply("copy", "base", archive.toByteArray());
        assertThat(tree("copy")).containsEntry("z", "z").doesNotContainKeys(".wh.d", ".wh.d/in", "in");
    }

    @Test
    void aDefaultAclThatADirectoryGetsChangesNoFileThatIsInItAlready() throws IOException {
        apply("base", "", BASE);
        byte[] acl = {2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 4, 0, 5, 0, -1, -1, -1, -1, 16, 0, 7, 0, -1, -1, -1, -1,
            32, 0, 5, 0, -1, -1, -1, -1};
        apply("upper", "base",
                new TarBuilder().pax("SCHILY.xattr.system.posix_acl_default", acl)
                        .entry("c/", '5', 0750, 0, 0, 500, "", new byte[0])
                        .build());
        assertThat(differences("upper", "base")).containsExactly("C /c");
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
            assertThat(root.stat("shut").mode()).isZero();
            assertThat(root.stat("list").mode()).isEqualTo(0400);
            assertThat(root.stat("shut").modified()).isEqualTo(Instant.ofEpochSecond(7));
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
