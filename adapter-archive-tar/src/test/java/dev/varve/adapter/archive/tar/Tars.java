package dev.varve.adapter.archive.tar;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.ArchiveTap;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.archive.LayerWriter;

/** Writing and reading whole archives in memory. */
final class Tars {
    static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);

    private Tars() {}

    /** An entry and its content, holes as zeros. */
    record Item(ArchiveEntry entry, byte[] content) {
        static Item of(ArchiveEntry entry) {
            return new Item(entry, new byte[0]);
        }

        static Item file(String path, byte[] content) {
            return new Item(new ArchiveEntry.File(EntryPath.of(path), new Node.RegularFile(content.length), PLAIN),
                    content);
        }

        String path() {
            return entry.path().toString();
        }

        Node node() {
            return ((ArchiveEntry.File) entry).node();
        }

        Attributes attributes() {
            return switch (entry) {
                case ArchiveEntry.File file -> file.attributes();
                case ArchiveEntry.HardLink link -> link.attributes();
            };
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Item item && entry.equals(item.entry) && Arrays.equals(content, item.content);
        }

        @Override
        public int hashCode() {
            return entry.hashCode();
        }

        @Override
        public String toString() {
            return entry + " with " + content.length + " bytes";
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static Xattrs xattrs(Object... namesAndValues) {
        TreeMap<String, byte[]> map = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], (byte[]) namesAndValues[i + 1]);
        }
        return Xattrs.of(map);
    }

    static byte[] write(List<Item> items) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerWriter writer = new TarArchives().writer(out)) {
            for (Item item : items) {
                writer.put(item.entry());
                writer.write(item.content(), 0, item.content().length);
            }
            writer.finish();
        }
        return out.toByteArray();
    }

    static byte[] write(Item... items) throws IOException {
        return write(List.of(items));
    }

    /** Reads it whole; whatever the archive is, a tap has to hear all of it. */
    static List<Item> read(byte[] tar) throws IOException {
        Heard heard = new Heard();
        List<Item> items = read(new ByteArrayInputStream(tar), ArchiveLimits.DEFAULT, heard);
        if (!Arrays.equals(heard.all.toByteArray(), tar)) {
            throw new AssertionError(
                    "a tap heard " + heard.all.size() + " bytes that are not the archive's " + tar.length);
        }
        return items;
    }

    static List<Item> read(InputStream tar, ArchiveLimits limits) throws IOException {
        return read(tar, limits, ArchiveTap.NONE);
    }

    /** All bytes that a tap heard, and those of them that were content. */
    static final class Heard implements ArchiveTap {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        final List<Long> offsets = new ArrayList<>();

        @Override
        public void framing(byte[] buffer, int from, int length) {
            all.write(buffer, from, length);
        }

        @Override
        public void content(long offset, byte[] buffer, int from, int length) {
            all.write(buffer, from, length);
            content.write(buffer, from, length);
            offsets.add(offset);
        }
    }

    static List<Item> read(InputStream tar, ArchiveLimits limits, ArchiveTap tap) throws IOException {
        List<Item> items = new ArrayList<>();
        try (LayerReader reader = new TarArchives().reader(tar, limits, tap)) {
            Optional<ArchiveEntry> entry;
            while ((entry = reader.next()).isPresent()) {
                items.add(new Item(entry.get(), content(reader, entry.get())));
            }
        }
        return items;
    }

    /** The content as far as it is small: a sparse file may claim any size. */
    private static byte[] content(LayerReader reader, ArchiveEntry entry) throws IOException {
        long size = entry instanceof ArchiveEntry.File file && file.node() instanceof Node.RegularFile(long n) ? n : 0;
        byte[] content = new byte[(int) Math.min(size, 1 << 22)];
        byte[] buffer = new byte[700];
        long least = 0;
        int n;
        while ((n = reader.read(buffer, 0, buffer.length)) > 0) {
            long at = reader.dataOffset();
            if (at < least || at + n > size) {
                throw new AssertionError("content at " + at + " after " + least + ", of " + size);
            }
            least = at + n;
            if (at + n <= content.length) {
                System.arraycopy(buffer, 0, content, (int) at, n);
            }
        }
        return content;
    }

    static Item only(byte[] tar) throws IOException {
        List<Item> items = read(tar);
        if (items.size() != 1) {
            throw new AssertionError("not one entry: " + items);
        }
        return items.getFirst();
    }
}
