package dev.varve.adapter.archive.tar;

import static dev.varve.adapter.archive.tar.RawTar.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.LayerReader;

/** Archives that no honest tool writes: the typed error for each. */
class HostileTarTest {
    private static RawTar tar() {
        return new RawTar();
    }

    private static ArchiveLimits limits(long entries, int metadataBytes, int pathBytes) {
        return new ArchiveLimits(entries, metadataBytes, pathBytes, 100, 1, 1L << 40);
    }

    static Stream<Arguments> bad() {
        return Stream.of(bad("an unknown type", "'Z'", () -> tar().add(header('Z', "a", 0)).end()),
                bad("a multi-volume part", "type M", () -> tar().add(header('M', "a", 0).gnu()).end()),
                bad("a dump directory", "type D", () -> tar().add(header('D', "a", 0).gnu()).end()),
                bad("no name", "without a name", () -> tar().add(header('0', "", 0)).end()),
                bad("a negative size", "negative size",
                        () -> tar()
                                .add(header('0', "a", 0).bytes(124, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                        255, 255))
                                .end()),
                bad("a size of 2^63", "63 bits",
                        () -> tar().add(header('0', "a", 0).bytes(124, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0))
                                .end()),
                bad("a size of 2^63-1", "too large",
                        () -> tar().add(
                                header('0', "a", 0).bytes(124, 0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255))
                                .end()),
                bad("a size that is no number", "not a number",
                        () -> tar().add(header('0', "a", 0).text(124, "0000000000x")).end()),
                bad("a PAX size that overflows", "size",
                        () -> tar().pax('x', "size=9223372036854775808").file("a", "").end()),
                bad("a negative PAX size", "size", () -> tar().pax('x', "size=-1").file("a", "").end()),
                bad("uid -1", "owner", () -> tar().pax('x', "uid=4294967295").file("a", "").end()),
                bad("a negative uid", "negative uid",
                        () -> tar().add(header('0', "a", 0).bytes(108, 255, 255, 255, 255, 255, 255, 255, 255)).end()),
                bad("a huge gid", "gid", () -> tar().pax('x', "gid=99999999999999999999").file("a", "").end()),
                bad("a device that Linux does not have", "no device",
                        () -> tar().add(header('3', "a", 0).octal(329, 8, 4096)).end()),
                bad("a time out of range", "mtime",
                        () -> tar().pax('x', "mtime=9223372036854775807").file("a", "").end()),
                bad("a time that is none", "mtime", () -> tar().pax('x', "mtime=1.5e3").file("a", "").end()),
                bad("a symbolic link to nothing", "without a target", () -> tar().add(header('2', "a", 0)).end()),
                bad("a directory's name with content", "content", () -> tar().file("a/", "x").end()),
                bad("two PAX headers", "two extensions",
                        () -> tar().pax('x', "a=b").pax('x', "a=b").file("a", "").end()),
                bad("two long names", "two extensions",
                        () -> tar().add(header('L', "", 1))
                                .content("a")
                                .add(header('L', "", 1))
                                .content("b")
                                .file("a", "")
                                .end()),
                bad("PAX and GNU names that differ", "two different names",
                        () -> tar().add(header('L', "", 1)).content("a").pax('x', "path=b").file("a", "").end()),
                bad("a global name", "global", () -> tar().pax('g', "path=b").file("a", "").end()),
                bad("a global size", "global", () -> tar().pax('g', "size=7").file("a", "").end()),
                bad("a global attribute", "global", () -> tar().pax('g', "SCHILY.xattr.user.a=b").file("a", "").end()),
                bad("a PAX header and no entry", "between a header", () -> tar().pax('x', "path=b").end()),
                bad("a PAX header at the end", "between a header", () -> tar().pax('x', "path=b").withoutEnd()),
                bad("one empty block", "two", () -> tar().raw(new byte[512])
                        .file("a", "")
                        .end()),
                bad("a PAX header larger than the limit", "more than", () -> tar().add(header('x', "p", 1L << 32))
                        .end()),
                bad("a long name larger than the limit", "more than",
                        () -> tar().add(header('L', "p", 1L << 32)).end()),
                bad("a name over the limit", "longer than",
                        () -> tar().pax('x', "path=" + "a".repeat(70_000)).file("a", "").end()),
                bad("a name of 32,000 parts", "more than 1024 parts",
                        () -> tar().pax('x', "path=" + "a/".repeat(32_000) + "f").file("a", "").end()),
                bad("a hard link's target of 32,000 parts", "more than 1024 parts",
                        () -> tar().pax('x', "linkpath=" + "a/".repeat(32_000) + "f").add(header('1', "a", 0)).end()),
                bad("an attribute without a name", "without a name",
                        () -> tar().pax('x', "SCHILY.xattr.=b").file("a", "").end()),
                bad("an attribute that is not base64", "base64",
                        () -> tar().pax('x', "LIBARCHIVE.xattr.user.a=%%%").file("a", "").end()));
    }

    private static Arguments bad(String what, String message, Supplier<byte[]> tar) {
        return Arguments.argumentSet(what, message, tar);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void refusesWithTheOffset(String message, Supplier<byte[]> tar) {
        assertThatExceptionOfType(BadDataException.class).isThrownBy(() -> Tars.read(tar.get()))
                .withMessageContainingAll("bad tar at byte ", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 a=b\n", "3 a\n", "5 ab\n", "-6 a=b\n", "6 a=b", "7 a=b\n", "99999999999999999999 a=b\n",
        "2147483654 a=b\n", "4294967302 a=b\n", "a=b\n", " a=b\n", "5 =b\n", "6 a=bc\n6 a=b\n", "\n", "6", "06",
        "6 a=b\n\0\0", "+6 a=b\n", "18446744073709551622 a=b\n"})
    void refusesPaxRecordsOfAWrongLength(String records) {
        byte[] tar = tar().add(header('x', "p", records.length())).content(records).file("a", "").end();
        assertThatThrownBy(() -> Tars.read(tar)).isInstanceOf(BadDataException.class);
    }

    static Stream<Arguments> unsafe() {
        return Stream.of(unsafe("../x", () -> tar().file("../x", "").end()),
                unsafe("a/../../x", () -> tar().file("a/../../x", "").end()),
                unsafe("/../x", () -> tar().file("/../x", "").end()),
                unsafe("a prefix of ..", () -> tar().add(header('0', "x", 0).text(345, "..")).end()),
                unsafe("a PAX path", () -> tar().pax('x', "path=../x").file("a", "").end()),
                unsafe("a GNU long name", () -> tar().add(header('L', "", 4)).content("../x").file("a", "").end()),
                unsafe("a sparse name",
                        () -> tar().pax('x', "GNU.sparse.name=../x", "GNU.sparse.size=0", "GNU.sparse.numblocks=0")
                                .file("a", "")
                                .end()),
                unsafe("a hard link's target", () -> tar().add(header('1', "a", 0).link("../x")).end()),
                unsafe("a hard link's PAX target",
                        () -> tar().pax('x', "linkpath=../x").add(header('1', "a", 0)).end()),
                unsafe("NUL in a name", () -> tar().pax('x', "path=a\0b").file("a", "").end()),
                unsafe("NUL in a symbolic link", () -> tar().pax('x', "linkpath=a\0b").add(header('2', "a", 0)).end()),
                unsafe("the root as a file", () -> tar().file(".", "").end()),
                unsafe("the root as a symbolic link", () -> tar().add(header('2', "./", 0).link("x")).end()),
                unsafe("the root as a device", () -> tar().add(header('3', "a/..", 0)).end()),
                unsafe("the root as a hard link", () -> tar().add(header('1', "/", 0).link("x")).end()),
                unsafe("a hard link to the root", () -> tar().add(header('1', "a", 0).link("/")).end()),
                unsafe("a hard link to nothing", () -> tar().add(header('1', "a", 0)).end()));
    }

    private static Arguments unsafe(String what, Supplier<byte[]> tar) {
        return Arguments.argumentSet(what, tar);
    }

    @ParameterizedTest
    @MethodSource("unsafe")
    void refusesWhatWouldLeaveTheLayer(Supplier<byte[]> tar) {
        assertThatThrownBy(() -> Tars.read(tar.get())).isInstanceOf(UnsafePathException.class);
    }

    @Test
    void takesAnAbsoluteNameAsOneInsideTheLayer() throws IOException {
        assertThat(Tars.only(tar().file("//etc/x", "").end()).path()).isEqualTo("/etc/x");
    }

    @Test
    void refusesAWrongChecksumWithTheOffsetOfTheHeader() throws IOException {
        byte[] tar = tar().file("a", "").file("b", "").end();
        tar[512] = 'c';
        assertThatThrownBy(() -> Tars.read(tar)).isInstanceOf(BadDataException.class)
                .hasMessage("bad tar at byte 512: wrong checksum of a header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "not a tar, but a text"})
    void saysThatItIsNoTar(String text) {
        assertThatThrownBy(() -> Tars.read(Tars.ascii(text.repeat(100)))).isInstanceOf(BadDataException.class)
                .hasMessageFindingMatch("not a tar|bad tar at byte 100: the archive ends within a header");
    }

    @Test
    void acceptsExactlyAsManyEntriesAsTheLimitSays() throws IOException {
        byte[] tar = tar().file("a", "").file("b", "").end();
        assertThat(Tars.read(new ByteArrayInputStream(tar), limits(2, 1000, 100))).hasSize(2);
        assertThatThrownBy(() -> Tars.read(new ByteArrayInputStream(tar), limits(1, 1000, 100)))
                .isInstanceOf(BadDataException.class)
                .hasMessageContaining("more than 1 entries");
    }

    @Test
    void endlessGlobalHeadersAreOverTheLimit() {
        RawTar tar = tar();
        for (int i = 0; i < 10; i++) {
            tar.pax('g', "comment=x");
        }
        assertThatThrownBy(() -> Tars.read(new ByteArrayInputStream(tar.end()), limits(9, 1000, 100)))
                .isInstanceOf(BadDataException.class);
    }

    @Test
    void extensionsOfOneEntryCountTogether() {
        byte[] tar = tar().add(header('L', "", 600))
                .content("n".repeat(600))
                .pax('x', "comment=" + "c".repeat(500))
                .file("a", "")
                .end();
        assertThatThrownBy(() -> Tars.read(new ByteArrayInputStream(tar), limits(9, 1000, 1000)))
                .isInstanceOf(BadDataException.class)
                .hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void failsAgainOnceItFailed() throws IOException {
        byte[] tar = tar().file("../x", "").file("b", "").end();
        try (LayerReader reader = new TarArchives().reader(new ByteArrayInputStream(tar), ArchiveLimits.DEFAULT)) {
            assertThatThrownBy(reader::next).isInstanceOf(UnsafePathException.class);
            assertThatThrownBy(reader::next).isInstanceOf(UnsafePathException.class);
            assertThatThrownBy(() -> reader.read(new byte[1], 0, 1)).isInstanceOf(UnsafePathException.class);
        }
    }

    @Test
    void printsNamesEscaped() {
        byte[] tar = tar().file("../\u001b[2J", "").end();
        assertThatThrownBy(() -> Tars.read(tar)).hasMessageNotContaining("\u001b").hasMessageContaining("\\x1b");
    }

    @Test
    void acceptsExactlyAsManyPartsOfANameAsTheLimitSays() throws IOException {
        String deepest = "a/".repeat(1023) + "f";
        assertThat(Tars.only(tar().pax('x', "path=./" + deepest).file("a", "").end()).path()).isEqualTo("/" + deepest);
        byte[] deeper = tar().pax('x', "path=a/" + deepest).file("a", "").end();
        assertThatThrownBy(() -> Tars.read(deeper)).isInstanceOf(BadDataException.class);
    }
}
