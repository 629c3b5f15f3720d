package dev.varve.adapter.archive.tar;

import java.time.Instant;
import java.util.List;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;

/** Entries that use all of what a layer may hold, for other tars to read. */
final class Samples {
    private Samples() {}

    static List<Item> everything() {
        Attributes odd = new Attributes(04755, 3_000_000_000L, 70_000, Instant.ofEpochSecond(-2, 250_000_000),
                Tars.xattrs("security.capability", new byte[]{1, 0, 0, 2, 0, 0x20, 0, (byte) 0xff, 0, 0, 0, 0},
                        "user.a", Tars.ascii("value"), "user.empty", new byte[0]));
        Attributes late = new Attributes(0600, 1, 2, Instant.ofEpochSecond(1L << 34, 1), Xattrs.NONE);
        String deep = "directory/".repeat(30) + "file";
        String split = "p".repeat(150) + "/" + "n".repeat(90);
        return List.of(of("", new Node.Directory(), Tars.PLAIN), of("d", new Node.Directory(), odd),
                new Item(new ArchiveEntry.File(EntryPath.of("d/f"), new Node.RegularFile(5), odd), Tars.ascii("12345")),
                new Item(new ArchiveEntry.File(EntryPath.of(deep), new Node.RegularFile(600), late), new byte[600]),
                Item.file(split, Tars.ascii("split")), Item.file("\u65e5\u672c", Tars.ascii("utf-8")),
                Item.file("\u65e5/".repeat(100) + "x", Tars.ascii("utf-8")),
                of("l", new Node.Symlink(Tars.ascii("../x")), late), of("ll", new Node.Symlink(Tars.ascii(deep)), late),
                Item.of(new ArchiveEntry.HardLink(EntryPath.of("h"), EntryPath.of("d/f"), odd)),
                Item.of(new ArchiveEntry.HardLink(EntryPath.of("hh"), EntryPath.of(deep), late)),
                of("c", new Node.Device(FileType.CHARACTER_DEVICE, 5, 1), Tars.PLAIN),
                of("b", new Node.Device(FileType.BLOCK_DEVICE, 4095, 1_048_575), Tars.PLAIN),
                of("p", new Node.Fifo(), Tars.PLAIN), Item.file(".wh.gone", new byte[0]));
    }

    private static Item of(String path, Node node, Attributes attributes) {
        return Item.of(new ArchiveEntry.File(EntryPath.of(path), node, attributes));
    }
}
