package dev.varve.adapter.archive.tar;

import static dev.varve.adapter.archive.tar.RawTar.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveLimits;

/** Sparse files in GNU's four formats (GNU tar manual, "Sparse Formats"). */
class SparseTest {
    private static byte[] version01(String map, int blocks, long size, String content) {
        return new RawTar()
                .pax('x', "GNU.sparse.size=" + size, "GNU.sparse.numblocks=" + blocks, "GNU.sparse.name=real",
                        "GNU.sparse.map=" + map)
                .file("fake", content)
                .end();
    }

    private static byte[] version10(String map, long size, String content) {
        return new RawTar()
                .pax('x', "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=real",
                        "GNU.sparse.realsize=" + size)
                .add(header('0', "fake", (map.length() + 511) / 512 * 512 + content.length()))
                .content(map)
                .content(content)
                .end();
    }

    private static RawTar.Header old(long size, int stored) {
        return header('S', "old", stored).gnu().octal(483, 12, size);
    }

    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.argumentSet("0.0", "/f",
                        (Object) new RawTar()
                                .pax('x', "GNU.sparse.size=10", "GNU.sparse.numblocks=2", "GNU.sparse.offset=1",
                                        "GNU.sparse.numbytes=2", "GNU.sparse.offset=7", "GNU.sparse.numbytes=1")
                                .file("f", "abc")
                                .end()),
                Arguments.argumentSet("0.1", "/real", (Object) version01("1,2,7,1", 2, 10, "abc")),
                Arguments.argumentSet("1.0", "/real", (Object) version10("2\n1\n2\n7\n1\n", 10, "abc")),
                Arguments.argumentSet("1.0, a final empty segment", "/real",
                        (Object) version10("3\n1\n2\n7\n1\n10\n0\n", 10, "abc")),
                Arguments.argumentSet("old", "/old",
                        (Object) new RawTar()
                                .add(old(10, 3).octal(386, 12, 1).octal(398, 12, 2).octal(410, 12, 7).octal(422, 12, 1))
                                .content("abc")
                                .end()),
                Arguments.argumentSet("old, extended", "/old", (Object) new RawTar()
                        .add(old(10, 3).octal(386, 12, 1)
                                .octal(398, 12, 1)
                                .octal(410, 12, 2)
                                .octal(422, 12, 1)
                                .octal(434, 12, 3)
                                .octal(446, 12, 0)
                                .octal(458, 12, 4)
                                .octal(470, 12, 0)
                                .bytes(482, 1))
                        .raw(new RawTar.Header('0', "", 0).octal(0, 12, 7).octal(12, 12, 1).bytes(24, new int[488]).b)
                        .content("abc")
                        .end()));
    }

    @ParameterizedTest
    @MethodSource("files")
    void putsSegmentsWhereTheyBelong(String path, byte[] tar) throws IOException {
        Tars.Item item = Tars.only(tar);
        assertThat(item.path()).isEqualTo(path);
        assertThat(item.node()).isEqualTo(new Node.RegularFile(10));
        assertThat(item.content()).isEqualTo(Tars.ascii("\0ab\0\0\0\0c\0\0"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, 1L << 44})
    void aFileMayBeAHoleOnly(long size) throws IOException {
        for (byte[] tar : new byte[][]{version01("", 0, size, ""), version01(size + ",0", 1, size, ""),
            version10("0\n", size, ""), version10("1\n" + size + "\n0\n", size, "")}) {
            assertThat(Tars.only(tar).node()).isEqualTo(new Node.RegularFile(size));
        }
    }

    static Stream<Arguments> bad() {
        return Stream.of(bad("overlap", version01("0,2,1,2", 2, 10, "abcd")),
                bad("unsorted", version01("5,2,1,2", 2, 10, "abcd")),
                bad("beyond the end", version01("9,2", 1, 10, "ab")),
                bad("an offset beyond the end", version01("11,0", 1, 10, "")),
                bad("overflow", version01("9223372036854775807,9223372036854775807", 1, Long.MAX_VALUE, "a")),
                bad("less content than mapped", version01("0,4", 1, 10, "abc")),
                bad("more content than mapped", version01("0,2", 1, 10, "abc")),
                bad("fewer blocks than said", version01("0,3", 2, 10, "abc")),
                bad("half a pair", version01("0,3,5", 1, 10, "abc")),
                bad("a negative offset", version01("-1,3", 1, 10, "abc")),
                bad("no numbers", version01("a,b", 1, 10, "abc")),
                bad("an empty number", version01("0,,3", 1, 10, "abc")),
                bad("1.0 without a map", version10("", 10, "")),
                bad("1.0 with a short map", version10("2\n0\n3\n", 10, "abc")),
                bad("1.0 with a negative count", version10("-1\n", 10, "")),
                bad("1.0 with a huge count", version10("9223372036854775807\n0\n1\n", 10, "a")),
                bad("1.0 with a long number", version10("0".repeat(30) + "1\n0\n1\n", 10, "a")),
                bad("1.0 overlap", version10("2\n0\n2\n1\n2\n", 10, "abcd")),
                bad("1.0 map larger than the content",
                        new RawTar().pax('x', "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=1")
                                .add(header('0', "fake", 3))
                                .content("1\n0\n1\n")
                                .content("a")
                                .end()),
                bad("unknown version",
                        new RawTar().pax('x', "GNU.sparse.major=2", "GNU.sparse.minor=0", "GNU.sparse.realsize=1")
                                .file("a", "")
                                .end()),
                bad("two sizes",
                        new RawTar().pax('x', "GNU.sparse.size=1", "GNU.sparse.realsize=2", "GNU.sparse.numblocks=0")
                                .file("a", "")
                                .end()),
                bad("no size", new RawTar().pax('x', "GNU.sparse.numblocks=0").file("a", "").end()),
                bad("two maps",
                        new RawTar()
                                .pax('x', "GNU.sparse.size=1", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,1",
                                        "GNU.sparse.map=0,1")
                                .file("a", "a")
                                .end()),
                bad("only a name", new RawTar().pax('x', "GNU.sparse.name=b").file("a", "").end()),
                bad("a directory",
                        new RawTar().pax('x', "GNU.sparse.size=0", "GNU.sparse.numblocks=0")
                                .add(header('5', "a", 0))
                                .end()),
                bad("old, overlap",
                        new RawTar()
                                .add(old(10, 2).octal(386, 12, 1).octal(398, 12, 1).octal(410, 12, 1).octal(422, 12, 1))
                                .content("ab")
                                .end()),
                bad("old, negative",
                        new RawTar()
                                .add(old(10, 2).bytes(386, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                                .content("ab")
                                .end()),
                bad("old, not GNU", new RawTar().add(header('S', "a", 0)).end()),
                bad("old, its map cut off",
                        new RawTar().add(old(10, 3).octal(386, 12, 1)
                                .octal(398, 12, 1)
                                .octal(410, 12, 2)
                                .octal(422, 12, 1)
                                .octal(434, 12, 3)
                                .octal(446, 12, 0)
                                .octal(458, 12, 4)
                                .octal(470, 12, 0)
                                .bytes(482, 1)).withoutEnd()));
    }

    private static Arguments bad(String what, byte[] tar) {
        return Arguments.argumentSet(what, (Object) tar);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesAMapThatContradicts(byte[] tar) {
        assertThatThrownBy(() -> Tars.read(tar)).isInstanceOf(BadDataException.class);
    }

    @Test
    void refusesMoreSegmentsThanTheLimit() throws IOException {
        ArchiveLimits limits = new ArchiveLimits(9, 10_000, 100, 9, 2, 1L << 40);
        for (byte[] tar : new byte[][]{version01("0,1,2,1,4,1", 3, 10, "abc"),
            version10("3\n0\n1\n2\n1\n4\n1\n", 10, "abc"),
            new RawTar().add(old(10, 3).octal(386, 12, 1)
                    .octal(398, 12, 1)
                    .octal(410, 12, 3)
                    .octal(422, 12, 1)
                    .octal(434, 12, 5)
                    .octal(446, 12, 1)).content("abc").end()}) {
            assertThat(Tars.read(tar)).hasSize(1);
            assertThatThrownBy(() -> Tars.read(new ByteArrayInputStream(tar), limits))
                    .isInstanceOf(BadDataException.class)
                    .hasMessageContaining("more than 2 segments");
        }
    }

    @Test
    void refusesAMapLargerThanTheLimit() {
        byte[] tar = version10("1\n" + "0".repeat(10) + "\n1\n", 10, "a");
        assertThatThrownBy(
                () -> Tars.read(new ByteArrayInputStream(tar), new ArchiveLimits(9, 500, 100, 9, 9, 1L << 40)))
                .isInstanceOf(BadDataException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {(1L << 44) + 1, 1L << 60, Long.MAX_VALUE})
    void refusesAFileLargerThanAnyFileSystemHoldsBeforeAnythingIsMadeForIt(long size) {
        for (byte[] tar : new byte[][]{version01("", 0, size, ""), version01(size + ",0", 1, size, ""),
            version10("0\n", size, ""), new RawTar().pax('x', "size=" + size).file("a", "").end()}) {
            assertThatThrownBy(() -> Tars.read(tar)).isInstanceOf(BadDataException.class)
                    .hasMessageMatching("bad tar at byte .*(larger than 17592186044416 bytes|too large).*");
        }
    }
}
