package dev.varve.adapter.archive.tar;

import static dev.varve.adapter.archive.tar.RawTar.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveEntry;

/** How the fields of headers and PAX records are read, and which wins. */
class HeaderTest {
    private static Item readWith(String... records) throws IOException {
        return Tars.only(new RawTar().pax('x', records).file("a", "").end());
    }

    @ParameterizedTest
    @CsvSource({"0, 1970-01-01T00:00:00Z", "-0, 1970-01-01T00:00:00Z", "1.5, 1970-01-01T00:00:01.5Z",
        "1., 1970-01-01T00:00:01Z", "-1.5, 1969-12-31T23:59:58.5Z", "-0.5, 1969-12-31T23:59:59.5Z",
        "-0.0000000001, 1969-12-31T23:59:59.999999999Z", "0.0000000019, 1970-01-01T00:00:00.000000001Z",
        "-1.0000000010, 1969-12-31T23:59:58.999999999Z", "-1.00000000100000000001, 1969-12-31T23:59:58.999999998Z",
        "1350244992.023960108000000000000000000001, 2012-10-14T20:03:12.023960108Z"})
    void readsPaxTimesRoundedDown(String text, String time) throws IOException {
        assertThat(readWith("mtime=" + text).attributes().modified()).isEqualTo(Instant.parse(time));
    }

    @Test
    void readsNumbersInBase256() throws IOException {
        Item item = Tars.only(new RawTar().add(header('0', "a", 0).bytes(108, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe)
                .bytes(136, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xfe)).end());
        assertThat(item.attributes().uid()).isEqualTo(0xffff_fffeL);
        assertThat(item.attributes().modified()).isEqualTo(Instant.ofEpochSecond(-2));
    }

    @Test
    void readsNumbersBetweenBlanks() throws IOException {
        Item item = Tars.only(new RawTar()
                .add(header('0', "a", 0).text(108, "   17 \0x").text(116, "\0\0\0\0\0\0\0\0").text(136, "        7   "))
                .end());
        assertThat(item.attributes().uid()).isEqualTo(15);
        assertThat(item.attributes().gid()).isZero();
        assertThat(item.attributes().modified()).isEqualTo(Instant.ofEpochSecond(7));
    }

    @Test
    void dropsTheTypeBitsOfTheMode() throws IOException {
        assertThat(Tars.only(new RawTar().add(header('0', "a", 0).octal(100, 8, 0104755)).end()).attributes().mode())
                .isEqualTo(04755);
    }

    @Test
    void acceptsAChecksumOfSignedBytes() throws IOException {
        byte[] tar = new RawTar().file("\u00e9\u00e9", "").end();
        int unsigned = Integer.parseInt(new String(tar, 148, 6, java.nio.charset.StandardCharsets.US_ASCII), 8);
        System.arraycopy(Tars.ascii(String.format("%06o", unsigned - 512)), 0, tar, 148, 6);
        assertThat(Tars.only(tar).path()).isEqualTo("/\\xe9\\xe9");
    }

    @Test
    void readsAPrefixOnlyInPosixArchives() throws IOException {
        assertThat(Tars.only(new RawTar().add(header('0', "a", 0).text(345, "p/q")).end()).path()).isEqualTo("/p/q/a");
        assertThat(Tars.only(new RawTar().add(header('0', "a", 0).gnu().text(345, "p/q")).end()).path())
                .isEqualTo("/a");
        assertThat(Tars.only(new RawTar().add(header('0', "a", 0).v7().text(345, "p/q")).end()).path()).isEqualTo("/a");
    }

    @Test
    void readsNamesThatFillTheirFields() throws IOException {
        assertThat(Tars
                .only(new RawTar().add(header('2', "n".repeat(100), 0).link("l".repeat(100)).text(345, "p".repeat(155)))
                        .end())
                .entry())
                .isEqualTo(new ArchiveEntry.File(EntryPath.of("p".repeat(155) + "/" + "n".repeat(100)),
                        new Node.Symlink(Tars.ascii("l".repeat(100))), Tars.PLAIN));
    }

    @Test
    void takesAFileWhoseNameEndsInASlashForADirectory() throws IOException {
        for (char type : new char[]{'0', 0}) {
            assertThat(Tars.only(new RawTar().add(header(type, "a/", 0).v7()).end()).node())
                    .isEqualTo(new Node.Directory());
        }
    }

    @Test
    void readsTypes0And7AsRegularFiles() throws IOException {
        for (char type : new char[]{'0', 0, '7'}) {
            assertThat(Tars.only(new RawTar().add(header(type, "a", 3)).content("abc").end()).content())
                    .isEqualTo(Tars.ascii("abc"));
        }
    }

    @Test
    void ignoresTheSizeOfWhatHasNoContent() throws IOException {
        byte[] tar = new RawTar().add(header('5', "d", 700))
                .add(header('2', "l", 700).link("x"))
                .add(header('3', "c", 700))
                .add(header('6', "p", 700))
                .file("end", "x")
                .end();
        assertThat(Tars.read(tar)).extracting(Item::path).containsExactly("/d", "/l", "/c", "/p", "/end");
    }

    @Test
    void skipsContentOfAHardLinkOnlyIfThereIsSome() throws IOException {
        byte[] with = new RawTar().add(header('1', "l", 700).link("x")).content("c".repeat(700)).file("end", "x").end();
        byte[] without = new RawTar().add(header('1', "l", 700).link("x")).file("end", "x").end();
        assertThat(Tars.read(with)).isEqualTo(Tars.read(without)).extracting(Item::path).containsExactly("/l", "/end");
    }

    @Test
    void skipsAVolumeLabel() throws IOException {
        assertThat(Tars.only(new RawTar().add(header('V', "label", 0).gnu()).file("a", "x").end()).path())
                .isEqualTo("/a");
    }

    @Test
    void prefersPaxToUstar() throws IOException {
        byte[] tar = new RawTar()
                .pax('x', "path=b", "linkpath=c", "uid=7", "gid=8", "mtime=9.5", "SCHILY.devmajor=1",
                        "SCHILY.devminor=2")
                .add(header('4', "a", 0).octal(108, 8, 1).octal(329, 8, 5))
                .end();
        Item item = Tars.only(tar);
        assertThat(item.path()).isEqualTo("/b");
        assertThat(item.node()).isEqualTo(new Node.Device(FileType.BLOCK_DEVICE, 1, 2));
        assertThat(item.attributes().uid()).isEqualTo(7);
        assertThat(item.attributes().gid()).isEqualTo(8);
        assertThat(item.attributes().modified()).isEqualTo(Instant.ofEpochSecond(9, 500_000_000));
    }

    @Test
    void prefersThePaxSizeSoThatNoContentIsReadAsHeaders() throws IOException {
        byte[] inner = new RawTar().file("smuggled", "").withoutEnd();
        byte[] tar = new RawTar().pax('x', "size=512").add(header('0', "a", 0)).content(inner).file("b", "").end();
        assertThat(Tars.read(tar)).extracting(Item::path).containsExactly("/a", "/b");
    }

    @Test
    void appliesGlobalRecordsUntilUndone() throws IOException {
        byte[] tar = new RawTar().pax('g', "uid=7", "gid=3", "comment=x")
                .file("a", "")
                .pax('x', "uid=")
                .file("b", "")
                .pax('x', "uid=9")
                .file("c", "")
                .file("d", "")
                .pax('g', "uid=")
                .file("e", "")
                .end();
        List<Item> items = Tars.read(tar);
        assertThat(items).extracting(item -> item.attributes().uid()).containsExactly(7L, 0L, 9L, 7L, 0L);
        assertThat(items).extracting(item -> item.attributes().gid()).containsOnly(3L);
    }

    @Test
    void readsAttributesOfStarAndOfLibarchive() throws IOException {
        Item item = readWith("LIBARCHIVE.xattr.user.a%20b%3D=AAH/", "LIBARCHIVE.xattr.user.both=YQ",
                "SCHILY.xattr.user.both=\u00ff\n=", "SCHILY.acl.access=user::rwx", "LIBARCHIVE.creationtime=1");
        assertThat(item.attributes().xattrs())
                .isEqualTo(Tars.xattrs("user.a b=", new byte[]{0, 1, -1}, "user.both", Tars.ascii("\u00ff\n=")));
    }

    @Test
    void readsGnuLongNamesWithOrWithoutTheirNul() throws IOException {
        String name = "n".repeat(300);
        for (String end : new String[]{"", "\0", "\0garbage"}) {
            Item item = Tars.only(new RawTar().add(header('L', "", 300 + end.length()))
                    .content(name + end)
                    .add(header('K', "", 300 + end.length()))
                    .content(name + end)
                    .add(header('2', "a", 0))
                    .end());
            assertThat(item.entry()).isEqualTo(
                    new ArchiveEntry.File(EntryPath.of(name), new Node.Symlink(Tars.ascii(name)), Tars.PLAIN));
        }
    }

    @Test
    void passesOverRecordsThatItDoesNotKnow() throws IOException {
        assertThat(readWith("comment=x", "uname=\u00e9", "atime=1.5", "VENDOR.key=", "a=b=c").attributes())
                .isEqualTo(Tars.PLAIN);
    }

    @Test
    void readsPaxHeadersLargerThanTheBuffer() throws IOException {
        byte[] value = new byte[300_000];
        Arrays.fill(value, (byte) '\n');
        Item item = readWith(
                "SCHILY.xattr.user.big=" + new String(value, java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(item.attributes().xattrs().value("user.big")).isEqualTo(value);
    }
}
