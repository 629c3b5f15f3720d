package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.LayerWriter;

/** The bytes that the writer makes, and the order in which it may be called. */
class WriterTest {
    private static ArchiveEntry file(String path, long size, Attributes attributes) {
        return new ArchiveEntry.File(EntryPath.of(path), new Node.RegularFile(size), attributes);
    }

    private static String field(byte[] tar, int at, int length) {
        return new String(tar, at, length, StandardCharsets.ISO_8859_1);
    }

    private static String records(byte[] tar) {
        assertThat(tar[156]).isEqualTo((byte) 'x');
        return field(tar, 512, Integer.parseInt(field(tar, 124, 11), 8));
    }

    @Test
    void writesTheSameBytesForTheSameCalls() throws IOException {
        Attributes attributes = new Attributes(0644, 3_000_000, 5, Instant.ofEpochSecond(-5, 7),
                Tars.xattrs("user.b", new byte[]{1}, "user.a", new byte[]{2}));
        Item[] items = {Item.of(file("a".repeat(300), 0, attributes)), Item.file("b", new byte[70_000])};
        assertThat(Tars.write(items)).isEqualTo(Tars.write(items));
    }

    @Test
    void writesOnePlainBlockForWhatUstarHolds() throws IOException {
        byte[] tar = Tars.write(Item.of(file("dir/file", 0,
                new Attributes(04755, 2_097_151, 7, Instant.ofEpochSecond(8_589_934_591L), Xattrs.NONE))));
        assertThat(tar).hasSize(3 * 512);
        assertThat(field(tar, 0, 100)).isEqualTo("dir/file" + "\0".repeat(92));
        assertThat(field(tar, 100, 48))
                .isEqualTo("0004755\0" + "7777777\0" + "0000007\0" + "00000000000\0" + "77777777777\0");
        assertThat(field(tar, 156, 1)).isEqualTo("0");
        assertThat(field(tar, 257, 8)).isEqualTo("ustar\00000");
        assertThat(field(tar, 265, 64)).isEqualTo("\0".repeat(64));
        assertThat(field(tar, 329, 16)).isEqualTo("0000000\0" + "0000000\0");
        assertThat(Arrays.copyOfRange(tar, 512, 1536)).containsOnly(0);
    }

    @Test
    void writesDirectoriesWithASlashAndTheRootAsADot() throws IOException {
        byte[] tar = Tars.write(Item.of(new ArchiveEntry.File(EntryPath.ROOT, new Node.Directory(), Tars.PLAIN)),
                Item.of(new ArchiveEntry.File(EntryPath.of("a/b"), new Node.Directory(), Tars.PLAIN)));
        assertThat(field(tar, 0, 4)).isEqualTo("./\0\0");
        assertThat(field(tar, 512, 6)).isEqualTo("a/b/\0\0");
    }

    @Test
    void sortsPaxRecordsByKeyword() throws IOException {
        byte[] tar = Tars.write(Item.of(new ArchiveEntry.File(EntryPath.ofArchive(Tars.ascii("\u00ff".repeat(101))),
                new Node.Symlink(Tars.ascii("l".repeat(101))), new Attributes(0777, 2_097_152, 2_097_153,
                        Instant.ofEpochSecond(-1, 500_000_000), Tars.xattrs("user.x", new byte[]{0, '\n'})))));
        assertThat(records(tar)).isEqualTo("26 SCHILY.xattr.user.x=\0\n\n" + "15 gid=2097153\n"
                + "21 hdrcharset=BINARY\n" + "115 linkpath=" + "l".repeat(101) + "\n" + "14 mtime=-0.5\n" + "111 path="
                + "\u00ff".repeat(101) + "\n" + "15 uid=2097152\n");
        assertThat(field(tar, 0, 100)).isEqualTo("PaxHeaders.0/" + "_".repeat(87));
        assertThat(field(tar, 100, 8)).isEqualTo("0000644\0");
        assertThat(field(tar, 136, 12)).isEqualTo("00000000000\0");
    }

    @Test
    void writesASizeOfMoreThan8GiBAsARecord() throws IOException {
        for (long size : new long[]{8_589_934_591L, 8_589_934_592L, Long.MAX_VALUE}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (LayerWriter writer = new TarArchives().writer(out)) {
                writer.put(file("big", size, Tars.PLAIN));
                writer.write(new byte[1 << 16], 0, 1 << 16);
            }
            byte[] tar = out.toByteArray();
            if (size < 8_589_934_592L) {
                assertThat(field(tar, 124, 12)).isEqualTo("77777777777\0");
            } else {
                assertThat(records(tar)).isEqualTo(RawTar.record("size=" + size));
                assertThat(field(tar, 1024 + 124, 12)).isEqualTo("00000000000\0");
            }
        }
    }

    @Test
    void readsBackASizeOfMoreThan8GiB() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerWriter writer = new TarArchives().writer(out)) {
            writer.put(file("big", 1L << 40, Tars.PLAIN));
            writer.write(new byte[1 << 16], 0, 1 << 16);
        }
        try (var reader = new TarArchives().reader(new java.io.ByteArrayInputStream(out.toByteArray()),
                dev.varve.ports.archive.ArchiveLimits.DEFAULT)) {
            assertThat(reader.next()).contains(file("big", 1L << 40, Tars.PLAIN));
            assertThatThrownBy(reader::next).isInstanceOf(BadDataException.class)
                    .hasMessageContaining("the archive ends within");
        }
    }

    @Test
    void refusesCallsOutOfOrder() throws IOException {
        LayerWriter writer = new TarArchives().writer(OutputStream.nullOutputStream());
        assertThatThrownBy(() -> writer.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        writer.put(file("a", 2, Tars.PLAIN));
        assertThatThrownBy(() -> writer.write(new byte[3], 0, 3)).isInstanceOf(IllegalStateException.class);
        writer.write(new byte[1], 0, 1);
        assertThatThrownBy(() -> writer.put(file("b", 0, Tars.PLAIN))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        writer.write(new byte[1], 0, 1);
        writer.finish();
        assertThatThrownBy(() -> writer.put(file("b", 0, Tars.PLAIN))).isInstanceOf(IllegalStateException.class);
        writer.close();
        writer.close();
        assertThatThrownBy(() -> writer.put(file("b", 0, Tars.PLAIN))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesWhatATarCannotHoldAndWritesNothingOfIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LayerWriter writer = new TarArchives().writer(out)) {
            assertThatThrownBy(
                    () -> writer.put(new ArchiveEntry.File(EntryPath.of("s"), new Node.Socket(), Tars.PLAIN)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("socket");
            assertThatThrownBy(() -> writer.put(file("", 0, Tars.PLAIN))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer
                    .put(new ArchiveEntry.File(EntryPath.of("s"), new Node.Symlink(new byte[200]), Tars.PLAIN)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer
                    .put(file("s", 7, new Attributes(0, 0, 0, Instant.EPOCH, Tars.xattrs("user.\u20ac", new byte[0])))))
                    .isInstanceOf(IllegalArgumentException.class);
            writer.put(file("a", 0, Tars.PLAIN));
            writer.finish();
        }
        assertThat(Tars.read(out.toByteArray())).extracting(Item::path).containsExactly("/a");
    }

    @Test
    void leavesTheStreamOpenUntilItIsClosed() throws IOException {
        boolean[] closed = {false};
        OutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        LayerWriter writer = new TarArchives().writer(out);
        writer.finish();
        assertThat(closed[0]).isFalse();
        writer.close();
        assertThat(closed[0]).isTrue();
    }

    @Test
    void saysWhyItCannotWrite() {
        LayerWriter writer = new TarArchives().writer(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        assertThatThrownBy(writer::finish).isInstanceOf(BadDataException.class)
                .hasMessage("cannot write the archive: No space left on device");
    }
}
