package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;

/** What the writer wrote is what the reader gives. */
class RoundTripTest {
    private static void assertRoundTrip(Item... items) throws IOException {
        assertThat(Tars.read(Tars.write(items))).containsExactly(items);
    }

    private static Item with(Attributes attributes) {
        return Item.of(new ArchiveEntry.File(EntryPath.of("d"), new Node.Directory(), attributes));
    }

    private static Item of(String path, Node node) {
        return Item.of(new ArchiveEntry.File(EntryPath.of(path), node, Tars.PLAIN));
    }

    @Test
    void keepsEveryTypeOfNode() throws IOException {
        assertRoundTrip(of("", new Node.Directory()), of("d", new Node.Directory()),
                Item.file("d/f", Tars.ascii("content")), Item.file("d/empty", new byte[0]),
                of("link", new Node.Symlink(Tars.ascii("../../outside"))),
                of("char", new Node.Device(FileType.CHARACTER_DEVICE, 1, 3)),
                of("block", new Node.Device(FileType.BLOCK_DEVICE, 0xfff, 0xfffff)), of("fifo", new Node.Fifo()),
                Item.of(new ArchiveEntry.HardLink(EntryPath.of("again"), EntryPath.of("d/f"), Tars.PLAIN)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 65_535, 65_536, 200_000, 300_000})
    void keepsContentOfAnyLength(int length) throws IOException {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        assertRoundTrip(Item.file("a", content), Item.file("b", content));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:58.5Z",
        "1901-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.1Z", "2038-01-19T03:14:08Z",
        "2106-02-07T06:28:16.123456789Z", "2242-03-16T12:56:31Z", "2242-03-16T12:56:32Z",
        "+1000000000-12-31T23:59:59.999999999Z", "-1000000000-01-01T00:00:00Z"})
    void keepsTimesToTheNanosecond(String time) throws IOException {
        assertRoundTrip(with(new Attributes(0755, 0, 0, Instant.parse(time), Xattrs.NONE)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2_097_151, 2_097_152, 1L << 31, 0xffff_fffeL})
    void keepsOwners(long id) throws IOException {
        assertRoundTrip(with(new Attributes(0755, id, 7, Instant.EPOCH, Xattrs.NONE)),
                with(new Attributes(0755, 7, id, Instant.EPOCH, Xattrs.NONE)));
    }

    @Test
    void keepsAllBitsOfTheMode() throws IOException {
        for (int mode = 0; mode <= 07777; mode += 0111) {
            assertRoundTrip(with(new Attributes(mode, 0, 0, Instant.EPOCH, Xattrs.NONE)));
        }
        assertRoundTrip(with(new Attributes(07777, 0, 0, Instant.EPOCH, Xattrs.NONE)));
    }

    @Test
    void keepsExtendedAttributesAsBytes() throws IOException {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        assertRoundTrip(with(new Attributes(0755, 0, 0, Instant.EPOCH,
                Tars.xattrs("security.capability", every, "user.empty", new byte[0], "user.newline\n", Tars.ascii("\n"),
                        "user.a=b", Tars.ascii("=="), "user.100%", Tars.ascii("%"), "user.%3D%25%3d%", new byte[]{0},
                        "user.\u00e9\u00ff", Tars.ascii("x"), "user.big", new byte[65_536]))));
    }

    @Test
    void keepsHardLinksWithTheAttributesOfTheirFile() throws IOException {
        Attributes attributes = new Attributes(04755, 3_000_000_000L, 5, Instant.ofEpochSecond(-1, 1),
                Tars.xattrs("security.capability", new byte[]{1, 0, 0, 2}));
        assertRoundTrip(Item.of(new ArchiveEntry.HardLink(EntryPath.of("b"), EntryPath.of("a"), attributes)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 154, 155, 156, 200, 254, 255, 256, 257, 300, 4095})
    void keepsNamesOfAnyLength(int length) throws IOException {
        List<Item> items = new ArrayList<>();
        for (int slash : new int[]{0, 1, length / 2, length - 101, length - 2, 155}) {
            if (slash >= 0 && slash < length - 1) {
                byte[] name = Tars.ascii("n".repeat(length));
                name[slash] = slash == 0 ? (byte) 'n' : (byte) '/';
                EntryPath path = EntryPath.ofArchive(name);
                items.add(Item.of(new ArchiveEntry.File(path, new Node.Directory(), Tars.PLAIN)));
                items.add(Item.of(new ArchiveEntry.File(path, new Node.RegularFile(0), Tars.PLAIN)));
                items.add(Item.of(new ArchiveEntry.File(path, new Node.Symlink(name), Tars.PLAIN)));
                items.add(Item.of(new ArchiveEntry.HardLink(path, path, Tars.PLAIN)));
            }
        }
        assertThat(Tars.read(Tars.write(items))).isEqualTo(items);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 200})
    void keepsNamesThatAreNotUtf8(int times) throws IOException {
        byte[] name = Tars.ascii("\u00ff\u00fe/\u0080".repeat(times));
        byte[] utf8 = "\u65e5/\u672c".repeat(times).getBytes(StandardCharsets.UTF_8);
        EntryPath path = EntryPath.ofArchive(name);
        assertRoundTrip(Item.of(new ArchiveEntry.File(path, new Node.Symlink(name), Tars.PLAIN)),
                Item.of(new ArchiveEntry.File(EntryPath.ofArchive(utf8), new Node.Symlink(utf8), Tars.PLAIN)),
                Item.of(new ArchiveEntry.HardLink(path, path, Tars.PLAIN)));
    }

    @Test
    void keepsOddNames() throws IOException {
        for (String name : List.of(" ", "\n", "a\nb", "a=b", "12 path=x", "..a", "...", "a\\b", "\u001b[31m",
                "a/.wh.b")) {
            assertRoundTrip(Item.file(name, Tars.ascii("x")), of(name, new Node.Symlink(Tars.ascii(name))));
        }
    }

    @Test
    void readsTheSameWhateverTheStreamGivesAtOnce() throws IOException {
        Item item = Item.file("a", new byte[3000]);
        byte[] tar = Tars.write(item, item, item);
        assertThat(Tars.read(new java.io.ByteArrayInputStream(tar) {
            @Override
            public synchronized int read(byte[] b, int from, int length) {
                return super.read(b, from, Math.min(length, 7));
            }
        }, dev.varve.ports.archive.ArchiveLimits.DEFAULT)).containsExactly(item, item, item);
    }
}
