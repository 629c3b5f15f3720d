package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveEntry;

/** commons-compress as second reader and as second writer. */
class CommonsCompressTest {
    @Test
    void readsWhatTheWriterWrote() throws IOException {
        List<Item> items = Samples.everything();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(Tars.write(items)),
                "UTF-8")) {
            for (Item item : items) {
                TarArchiveEntry entry = in.getNextEntry();
                assertThat(EntryPath.of(entry.getName())).isEqualTo(item.entry().path());
                assertThat(entry.getLongUserId()).isEqualTo(item.attributes().uid());
                assertThat(entry.getLongGroupId()).isEqualTo(item.attributes().gid());
                assertThat(entry.getMode() & 07777).isEqualTo(item.attributes().mode());
                assertThat(entry.getLastModifiedTime()).isEqualTo(FileTime.from(item.attributes().modified()));
                assertThat(in.readAllBytes()).isEqualTo(item.content());
                assertSame(entry, item.entry());
            }
            assertThat(in.getNextEntry()).isNull();
        }
    }

    private static void assertSame(TarArchiveEntry entry, ArchiveEntry expected) throws IOException {
        switch (expected) {
            case ArchiveEntry.HardLink link -> {
                assertThat(entry.isLink()).isTrue();
                assertThat(EntryPath.of(entry.getLinkName())).isEqualTo(link.target());
            }
            case ArchiveEntry.File file -> {
                assertThat(type(entry)).isEqualTo(file.node().type());
                if (file.node() instanceof Node.Symlink link) {
                    assertThat(Tars.ascii(entry.getLinkName())).isEqualTo(link.target());
                }
                if (file.node() instanceof Node.Device device) {
                    assertThat(entry.getDevMajor()).isEqualTo(device.major());
                    assertThat(entry.getDevMinor()).isEqualTo(device.minor());
                }
            }
        }
    }

    private static FileType type(TarArchiveEntry entry) {
        return entry.isDirectory() ? FileType.DIRECTORY
                : entry.isSymbolicLink() ? FileType.SYMLINK
                        : entry.isCharacterDevice() ? FileType.CHARACTER_DEVICE
                                : entry.isBlockDevice() ? FileType.BLOCK_DEVICE
                                        : entry.isFIFO() ? FileType.FIFO : FileType.REGULAR;
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "3, 2", "3, 1", "2, 2"})
    void writesWhatTheReaderReads(int longFileMode, int bigNumberMode) throws IOException {
        String name = "a/".repeat(80) + "file";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(longFileMode);
            tar.setBigNumberMode(bigNumberMode);
            TarArchiveEntry file = new TarArchiveEntry(name);
            file.setSize(3);
            file.setMode(0100640);
            file.setIds(0, 5);
            file.setUserId(3_000_000_000L);
            file.setModTime(FileTime.from(Instant.ofEpochSecond(-7)));
            tar.putArchiveEntry(file);
            tar.write(Tars.ascii("abc"));
            tar.closeArchiveEntry();
            TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            link.setLinkName(name);
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        List<Item> items = Tars.read(out.toByteArray());
        assertThat(items).extracting(Item::path).containsExactly("/" + name, "/link");
        assertThat(items.get(0).content()).isEqualTo(Tars.ascii("abc"));
        assertThat(items.get(0).attributes().uid()).isEqualTo(3_000_000_000L);
        assertThat(items.get(0).attributes().mode()).isEqualTo(0640);
        assertThat(items.get(0).attributes().modified()).isEqualTo(Instant.ofEpochSecond(-7));
        assertThat(items.get(1).node()).isEqualTo(new Node.Symlink(Tars.ascii(name)));
    }
}
