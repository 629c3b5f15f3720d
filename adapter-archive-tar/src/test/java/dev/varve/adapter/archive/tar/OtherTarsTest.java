package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;

/** GNU tar and Python's tarfile, in both directions. */
class OtherTarsTest {
    /** Prints an archive as lines of fields that cannot hold a line break. */
    private static final String PYTHON_LIST = """
            import sys, tarfile
            t = tarfile.open(sys.argv[1], errors='surrogateescape')
            def hexed(s): return s.encode('utf-8', 'surrogateescape').hex()
            for m in t:
                body = t.extractfile(m).read() if m.isreg() else b''
                x = ','.join(sorted(hexed(k[13:]) + '=' + hexed(v)
                                    for k, v in m.pax_headers.items() if k.startswith('SCHILY.xattr.')))
                print(hexed(m.name), m.type.decode(), m.mode, m.uid, m.gid, repr(float(m.mtime)), hexed(m.linkname),
                      m.devmajor, m.devminor, body.hex(), x, sep='|')
            """;

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String asPythonPrintsIt(Item item) {
        int major = 0;
        int minor = 0;
        String type;
        byte[] link = new byte[0];
        switch (item.entry()) {
            case ArchiveEntry.HardLink hard -> {
                type = "1";
                link = hard.target().toBytes();
            }
            case ArchiveEntry.File(EntryPath path, Node.Symlink symlink, var attributes) -> {
                type = "2";
                link = symlink.target();
            }
            case ArchiveEntry.File(EntryPath path, Node.Device device, var attributes) -> {
                type = device.type() == dev.varve.domain.tree.FileType.BLOCK_DEVICE ? "4" : "3";
                major = device.major();
                minor = device.minor();
            }
            case ArchiveEntry.File file ->
                    type = file.node() instanceof Node.Directory ? "5" : file.node() instanceof Node.Fifo ? "6" : "0";
        }
        Map<String, String> xattrs = new TreeMap<>();
        item.attributes()
                .xattrs()
                .names()
                .forEach(name -> xattrs.put(hex(Tars.ascii(name)), hex(item.attributes().xattrs().value(name))));
        Instant time = item.attributes().modified();
        return String.join("|", item.entry().path().isRoot() ? "2e" : hex(item.entry().path().toBytes()), type,
                "" + item.attributes().mode(), "" + item.attributes().uid(), "" + item.attributes().gid(),
                "" + (time.getEpochSecond() + time.getNano() / 1e9), hex(link), "" + major, "" + minor,
                hex(item.content()),
                xattrs.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(",")));
    }

    @Test
    void pythonReadsWhatTheWriterWrote(@TempDir Path directory) throws Exception {
        assumeTrue(Tool.isPresent("python3"), "python3 is not installed");
        Path tar = Files.write(directory.resolve("t.tar"), Tars.write(Samples.everything()));
        String listed = Tool.run(directory, "python3", "-c", PYTHON_LIST, tar.toString());
        assertThat(listed.lines().map(line -> line.replaceAll("\\|1\\.7179869184E?\\d*", "")))
                .containsExactlyElementsOf(Samples.everything()
                        .stream()
                        .map(OtherTarsTest::asPythonPrintsIt)
                        .map(line -> line.replace("1.7179869184E10", "17179869184.0"))
                        .toList());
    }

    @Test
    void gnuTarReadsWhatTheWriterWrote(@TempDir Path directory) throws Exception {
        Path tar = Files.write(directory.resolve("t.tar"), Tars.write(Samples.everything()));
        String listed = Tool.run(directory, "tar", "--numeric-owner", "--full-time", "--quoting-style=escape", "-tvf",
                tar.toString());
        assertThat(listed.lines().map(line -> line.replaceAll(" +", " "))).hasSize(Samples.everything().size())
                .contains("drw-r--r-- 0/0 0 1970-01-01 00:00:00 ./",
                        // It means 23:59:58.25, and extracts so, but prints the fraction wrong (src/list.c, tartime).
                        "-rwsr-xr-x 3000000000/70000 5 1969-12-31 23:59:59.75 d/f",
                        "hrwsr-xr-x 3000000000/70000 0 1969-12-31 23:59:59.75 h link to d/f",
                        "lrw------- 1/2 0 2514-05-30 01:53:04.000000001 l -> ../x",
                        "crw-r--r-- 0/0 5,1 1970-01-01 00:00:00 c", "brw-r--r-- 0/0 4095,1048575 1970-01-01 00:00:00 b",
                        "-rw-r--r-- 0/0 5 1970-01-01 00:00:00 " + "p".repeat(150) + "/" + "n".repeat(90));
    }

    @Test
    void gnuTarExtractsWhatTheWriterWrote(@TempDir Path directory) throws Exception {
        Item file = Item.file("d/\u65e5/".repeat(60) + "f", Tars.ascii("content"));
        Instant time = Instant.ofEpochSecond(-2, 250_000_000);
        Item link = Item.of(new ArchiveEntry.HardLink(EntryPath.of("hard"), file.entry().path(), Tars.PLAIN));
        Item old = Item.of(new ArchiveEntry.File(EntryPath.of("old"), new Node.RegularFile(0),
                new Attributes(0600, 0, 0, time, Xattrs.NONE)));
        Path tar = Files.write(directory.resolve("t.tar"), Tars.write(file, link, old));
        Tool.run(directory, "tar", "--no-same-owner", "-xf", tar.toString());
        assertThat(directory.resolve("hard")).hasContent("content")
                .hasSameBinaryContentAs(directory
                        .resolve(new String(file.entry().path().toBytes(), java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(Files.getAttribute(directory.resolve("hard"), "unix:nlink")).isEqualTo(2);
        assertThat(Files.getLastModifiedTime(directory.resolve("old")).toInstant()).isEqualTo(time);
    }

    private static Path tree(Path directory) throws IOException {
        Path root = Files.createDirectories(directory.resolve("tree"));
        Files.writeString(root.resolve("file"), "content");
        Files.createDirectory(root.resolve("dir"));
        Files.createLink(root.resolve("hard"), root.resolve("file"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("../target"));
        Files.write(root.resolve("dir/big"), new byte[70_001]);
        return root;
    }

    @ParameterizedTest
    @ValueSource(strings = {"v7", "oldgnu", "gnu", "ustar", "pax"})
    void readsTheFormatsOfGnuTar(String format, @TempDir Path directory) throws Exception {
        Path root = tree(directory);
        String tail = format.equals("v7") ? "f" : "d".repeat(60) + "/" + "f".repeat(90);
        Path longPath = root.resolve(tail);
        Files.createDirectories(longPath.getParent());
        Files.writeString(longPath, "long");
        boolean longer = !format.equals("v7") && !format.equals("ustar");
        if (longer) {
            Files.writeString(root.resolve("n".repeat(255)), "longer");
            Files.createSymbolicLink(root.resolve("longlink"), Path.of("t".repeat(150)));
        }
        Instant time = Instant.ofEpochSecond(1_600_000_000L, 123_456_789);
        Files.setLastModifiedTime(root.resolve("file"), FileTime.from(time));
        Tool.run(root, "tar", "--format=" + format, "--sort=name", "--numeric-owner", "-cf", "../t.tar", ".");
        Map<String, Item> items = byPath(Files.readAllBytes(directory.resolve("t.tar")));
        assertThat(items).containsKeys("/", "/dir", "/dir/big", "/file", "/hard", "/link", "/" + tail)
                .hasSize(format.equals("v7") ? 7 : longer ? 10 : 8);
        assertThat(items.get("/").node()).isEqualTo(new Node.Directory());
        assertThat(items.get("/file").content()).isEqualTo(Tars.ascii("content"));
        assertThat(items.get("/file").attributes().modified())
                .isEqualTo(format.equals("pax") ? time : Instant.ofEpochSecond(time.getEpochSecond()));
        assertThat(items.get("/file").attributes().uid())
                .isEqualTo(((Number) Files.getAttribute(root.resolve("file"), "unix:uid")).longValue());
        assertThat(items.get("/hard").entry()).isInstanceOfSatisfying(ArchiveEntry.HardLink.class,
                link -> assertThat(link.target()).isEqualTo(EntryPath.of("file")));
        assertThat(items.get("/link").node()).isEqualTo(new Node.Symlink(Tars.ascii("../target")));
        assertThat(items.get("/dir/big").content()).isEqualTo(new byte[70_001]);
        if (longer) {
            assertThat(items.get("/" + "n".repeat(255)).content()).isEqualTo(Tars.ascii("longer"));
            assertThat(items.get("/longlink").node()).isEqualTo(new Node.Symlink(Tars.ascii("t".repeat(150))));
        }
    }

    @ParameterizedTest
    @CsvSource({"pax, 0.0, 3", "pax, 0.1, 3", "pax, 1.0, 3", "gnu, 0.0, 3", "oldgnu, 0.0, 3", "pax, 0.0, 60",
        "pax, 0.1, 60", "pax, 1.0, 60", "gnu, 0.0, 60"})
    void readsSparseFilesOfGnuTar(String format, String version, int segments, @TempDir Path directory)
            throws Exception {
        Path file = directory.resolve("sparse");
        byte[] expected = new byte[1 << 16 << 6];
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(expected.length);
            for (int i = 0; i < segments; i++) {
                int at = i * 65_536 + (i % 7) * 4096;
                for (int j = 0; j < 4096; j++) {
                    expected[at + j] = (byte) (i + j + 1);
                }
                out.seek(at);
                out.write(expected, at, 4096);
            }
        }
        Tool.run(directory, "tar", "--format=" + format, "--sparse", "--sparse-version=" + version,
                "--hole-detection=raw", "-cf", "t.tar", "sparse");
        byte[] tar = Files.readAllBytes(directory.resolve("t.tar"));
        assertThat(tar.length).isLessThan(expected.length);
        Item item = Tars.only(tar);
        assertThat(item.path()).isEqualTo("/sparse");
        assertThat(item.node()).isEqualTo(new Node.RegularFile(expected.length));
        assertThat(item.content()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"USTAR_FORMAT", "GNU_FORMAT", "PAX_FORMAT"})
    void readsWhatPythonWrote(String format, @TempDir Path directory) throws Exception {
        assumeTrue(Tool.isPresent("python3"), "python3 is not installed");
        tree(directory);
        Tool.run(directory, "python3", "-c", """
                import tarfile
                with tarfile.open('t.tar', 'w', format=tarfile.%s) as t:
                    t.add('tree', arcname='/abs/' + 'p' * %d)
                """.formatted(format, format.startsWith("USTAR") ? 80 : 99));
        Map<String, Item> items = byPath(Files.readAllBytes(directory.resolve("t.tar")));
        String root = "/abs/" + "p".repeat(format.startsWith("USTAR") ? 80 : 99);
        assertThat(items).containsOnlyKeys(root, root + "/dir", root + "/dir/big", root + "/file", root + "/hard",
                root + "/link");
        assertThat(List.of(items.get(root + "/file"), items.get(root + "/hard")))
                .anySatisfy(item -> assertThat(item.content()).isEqualTo(Tars.ascii("content")))
                .anySatisfy(item -> assertThat(item.entry()).isInstanceOf(ArchiveEntry.HardLink.class));
    }

    private static Map<String, Item> byPath(byte[] tar) throws IOException {
        return Tars.read(tar).stream().collect(Collectors.toMap(Item::path, item -> item));
    }
}
