package dev.varve.app.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.testkit.tree.TarBuilder;

/** What was applied comes back byte for byte, whatever was odd about it. */
class FramingTest {
    private static final byte[] NONE = new byte[0];

    private static TarBuilder tar() {
        return new TarBuilder();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static TarBuilder withFile(TarBuilder tar, String name, byte[] content) {
        return tar.entry(name, '0', 0644, 0, 0, 1000, "", content);
    }

    /** GNU's version 1.0: the map is in front of the content. */
    private static TarBuilder sparse(TarBuilder tar, String name) {
        byte[] map = Arrays.copyOf(bytes("2\n100\n5\n9000\n3\n"), 512);
        String records = "22 GNU.sparse.major=1\n" + "22 GNU.sparse.minor=0\n" + record("GNU.sparse.name=" + name)
                + record("GNU.sparse.realsize=10000");
        return withFile(tar.entry("PaxHeaders/s", 'x', 0644, 0, 0, 0, "", bytes(records)), "GNUSparseFile.0/s",
                joined(map, bytes("fiveb"), bytes("end")));
    }

    private static String record(String text) {
        int length = text.length() + 4;
        return length + " " + text + "\n";
    }

    private static Arguments odd(String name, byte[] archive) {
        return Arguments.argumentSet(name, (Object) archive);
    }

    static Stream<Arguments> oddities() {
        byte[] plain = tar().directory("d/").file("d/f", "content").symlink("l", "d/f").hardLink("h", "d/f").build();
        byte[] large = random(400_001);
        return Stream.of(odd("plain", plain), odd("nothing but the end", new byte[1024]),
                odd("a long end", joined(plain, new byte[9216])),
                odd("garbage after the end", joined(plain, bytes("garbage, and more of it"))),
                odd("no end", Arrays.copyOf(plain, plain.length - 1024)),
                odd("half an end", Arrays.copyOf(plain, plain.length - 512)),
                odd("large files", withFile(withFile(tar(), "a", large), "b", large).file("c", "small").build()),
                odd("large files of zeros",
                        withFile(withFile(tar(), "a", new byte[300_000]), "b", new byte[131_072]).build()),
                odd("PAX",
                        tar().pax("mtime", bytes("1.5"))
                                .file("a", "a")
                                .pax("path", bytes("é/".repeat(100) + "f"))
                                .file("b", "b")
                                .pax("SCHILY.xattr.user.x", random(3000))
                                .file("c", "c")
                                .build()),
                odd("global PAX",
                        tar().entry("g", 'g', 0, 0, 0, 0, "", bytes("17 comment=hello\n")).file("a", "a").build()),
                odd("GNU long names",
                        tar().entry("././@LongLink", 'L', 0, 0, 0, 0, "", bytes("n".repeat(200) + "/x\0"))
                                .file("n", "content")
                                .entry("././@LongLink", 'K', 0, 0, 0, 0, "", bytes("t".repeat(300) + "\0"))
                                .symlink("s", "t")
                                .build()),
                odd("a volume label", tar().entry("label", 'V', 0, 0, 0, 0, "", NONE).file("a", "a").build()),
                odd("sparse", sparse(tar().file("a", "a"), "s").file("z", "z").build()),
                odd("sparse, replaced", sparse(sparse(tar(), "s").file("s", "plain"), "s").build()),
                odd("one path many times", tar().file("a", "1").file("a", "22").file("a", "").file("a", "4").build()),
                odd("a file becomes a directory", tar().file("a", "file").directory("a/").file("a/b", "b").build()),
                odd("a directory becomes a file",
                        tar().directory("a/")
                                .file("a/b", "b")
                                .directory("a/c/")
                                .file("a/c/d", "d")
                                .file("a", "file")
                                .directory("a/")
                                .file("a/b", "other")
                                .file("a/c", "c")
                                .build()),
                odd("a replaced file in a directory that is replaced later",
                        tar().file("a/b/c", "first")
                                .file("a/b/c", "second")
                                .symlink("a/b", "elsewhere")
                                .directory("a/b/")
                                .file("a/b/c", "third")
                                .symlink("a", "x")
                                .file("a", "last")
                                .build()),
                odd("a directory that may not be written to is replaced",
                        tar().entry("a/", '5', 0555, 0, 0, 1, "", NONE).file("a/b", "b").symlink("a", "b").build()),
                odd("a hard link takes the place of a file",
                        tar().file("a", "a").file("b", "lost?").hardLink("b", "a").build()),
                odd("a file takes the place of what a hard link leads to",
                        tar().file("a", "a").hardLink("b", "a").file("a", "new").file("b", "newer").build()),
                odd("a link takes the place of a file", tar().file("a", "lost?").symlink("a", "b").build()),
                odd("parents that are links",
                        tar().directory("real/").symlink("way", "real").file("way/a", "a").file("real/a", "b").build()),
                odd("whiteouts before and after",
                        tar().whiteout("", "a")
                                .file("a", "a")
                                .opaque("d/")
                                .file("d/x", "x")
                                .whiteout("d/", "x")
                                .whiteout("", "a")
                                .opaque("d/")
                                .build()),
                odd("a whiteout with content", withFile(tar(), ".wh.a", bytes("content?")).file("b", "b").build()),
                odd("AUFS' bookkeeping",
                        tar().directory(".wh..wh.plnk/")
                                .file(".wh..wh.plnk/1.2", "content")
                                .file(".wh..wh.aufs", "content")
                                .file("a", "a")
                                .build()),
                odd("names that are not clean",
                        tar().file("./a", "a").file("/b", "b").file("c//d", "d").file("e/../f", "f").build()),
                odd("every kind of file",
                        tar().entry("fifo", '6', 0600, 1, 2, 3, "", NONE)
                                .entry("dev", '4', 0600, 1, 2, 3, "", NONE)
                                .entry("none", '0', 0, 0, 0, 0, "", NONE)
                                .file("a", "a")
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("oddities")
    void comesBack(byte[] archive) throws IOException {
        FramingFixture.comesBack(archive, Integer.MAX_VALUE);
        FramingFixture.comesBack(archive, 1000);
    }

    /** Each seed is an archive of its own; a failure names it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyArchiveComesBack(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            FramingFixture.comesBack(RandomTar.of(random), 1 + random.nextInt(200_000));
        }
    }

    @Test
    void contentsAreNotKeptTwice() throws IOException {
        byte[] content = random(200_000);
        TarBuilder tar = tar();
        for (int i = 0; i < 5; i++) {
            withFile(tar, "a", content); // each takes the place of the one before
        }
        FramingFixture layer = FramingFixture.comesBack(tar.build(), Integer.MAX_VALUE);
        assertThat(layer.host.readFile(FramingFixture.PLACE.resolve("framing")).length).isLessThan(1000);
        FramingFixture holes = FramingFixture.comesBack(sparse(tar(), "s").build(), Integer.MAX_VALUE);
        assertThat(
                new String(holes.host.readFile(FramingFixture.PLACE.resolve("framing")), StandardCharsets.ISO_8859_1))
                .doesNotContain("fiveb");
    }

    @Test
    void aChangedLayerDoesNotPassForItsArchive() throws IOException {
        byte[] archive = tar().file("d/a", "content").file("d/b", "b").build();
        for (String change : new String[]{"kontent", "content and more", "short", ""}) {
            FramingFixture layer = FramingFixture.comesBack(archive, Integer.MAX_VALUE);
            layer.host.writeFile(FramingFixture.TREE.resolve("d/a"), bytes(change));
            if (change.startsWith("content")) { // what the archive does not know of does not matter to it
                assertThat(layer.replay(Digest.sha256(archive))).isEqualTo(archive);
                continue;
            }
            assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> layer.replay(Digest.sha256(archive)))
                    .withMessageContaining("layer sample does not give its archive back")
                    .satisfies(e -> assertThat(e.hint()).isPresent());
            assertThat(layer.host.openHandles()).isZero();
        }
        FramingFixture layer = FramingFixture.comesBack(archive, Integer.MAX_VALUE);
        try (var directory = layer.host.directory(FramingFixture.TREE.resolve("d"))) {
            directory.remove(dev.varve.domain.path.EntryName.of("a"));
        }
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> layer.replay(Digest.sha256(archive)))
                .withMessageContaining("/d/a is missing");
    }

    /** Whatever becomes of the framing, it gives the archive or is bad data, and never anything else. */
    @Test
    void aDamagedFramingIsBadData() throws IOException {
        byte[] archive = tar().file("a", "content").file("a", "replaced").symlink("l", "a").build();
        FramingFixture layer = FramingFixture.comesBack(archive, Integer.MAX_VALUE);
        byte[] framing = layer.host.readFile(FramingFixture.PLACE.resolve("framing"));
        int refused = 0;
        for (int i = 0; i < 2 * framing.length; i++) {
            byte[] damaged = i < framing.length ? framing.clone() : Arrays.copyOf(framing, i - framing.length);
            if (i < framing.length) {
                damaged[i] ^= (byte) (1 << i % 8);
            }
            layer.host.writeFile(FramingFixture.PLACE.resolve("framing"), damaged);
            try {
                assertThat(layer.replay(Digest.sha256(archive))).isEqualTo(archive);
            } catch (BadDataException e) {
                refused++;
            }
            assertThat(layer.host.openHandles()).isZero();
        }
        assertThat(refused).isGreaterThan(2 * framing.length - 10);
    }

    @Test
    void aCallThatFailsIsToldAndLeavesNoHandle() throws IOException {
        byte[] archive = sparse(tar().file("d/a", "a").file("d/a", "b").directory("d/c/").symlink("d", "x"), "s")
                .build();
        FramingFixture sound = new FramingFixture();
        sound.host.clearFaults();
        sound.apply(archive, Integer.MAX_VALUE);
        long calls = sound.host.calls();
        sound.host.clearFaults();
        assertThat(sound.replay(Digest.sha256(archive))).isEqualTo(archive);
        for (long k = 1; k <= sound.host.calls(); k++) {
            sound.host.failAt(k, Errno.EIO);
            assertThatExceptionOfType(VarveException.class).as("call %d of the replay", k)
                    .isThrownBy(() -> sound.replay(Digest.sha256(archive)));
            assertThat(sound.host.openHandles()).isZero();
            sound.host.clearFaults();
            assertThat(sound.replay(Digest.sha256(archive))).isEqualTo(archive);
        }
        for (long k = 1; k <= calls; k++) {
            FramingFixture layer = new FramingFixture();
            layer.host.failAt(k, Errno.ENOSPC);
            assertThatExceptionOfType(VarveException.class).as("call %d of the application", k)
                    .isThrownBy(() -> layer.apply(archive, Integer.MAX_VALUE));
            assertThat(layer.host.openHandles()).as("handles after call %d", k).isZero();
        }
    }
}
