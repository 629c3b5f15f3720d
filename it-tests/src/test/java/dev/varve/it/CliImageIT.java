package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

import com.github.luben.zstd.ZstdOutputStream;

import dev.varve.domain.digest.Digest;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Images that go out: saved, and made of layers. */
class CliImageIT extends CliTest {
    private static final byte[] UPPER = new TarBuilder().file("new", "soon old")
            .file("new", "n")
            .whiteout("d/", "a")
            .build();

    private String load(String name) throws IOException {
        Path image = new OciLayout(Files.createTempDirectory(directory(), "image").resolve("layout")).add(BASE)
                .add(UPPER)
                .finish(name);
        return json("image", "load", image.toString()).get("digest");
    }

    @Test
    void anImageComesBackAsItWent() throws IOException {
        String digest = load("a:1");
        Path docker = directory().resolve("docker.tar");
        TreeMap<String, String> saved = json("image", "save", "a:1", "-o", docker.toString());
        assertThat(saved).containsEntry("digest", digest)
                .containsEntry("file", docker.toString())
                .containsEntry("names/0", "a:1")
                .containsEntry("layers/0/diffId", Digest.sha256(BASE).toString())
                .containsEntry("layers/0/blob", Digest.sha256(BASE).toString())
                .containsEntry("layers/1/diffId", Digest.sha256(UPPER).toString())
                .containsEntry("layers/1/size", Integer.toString(UPPER.length));
        byte[] archive = Files.readAllBytes(docker);
        Command.Result toStream = varve("image", "save", "a").run();
        assertThat(toStream.code()).as("a:latest is another name").isEqualTo(3);
        assertThat(varve("image", "save", "a:1").succeeds().bytes()).isEqualTo(archive);
        assertThat(varve("image", "save", "a:1", "-o", "-", "--format", "docker").succeeds().bytes())
                .isEqualTo(archive);
        assertThat(Command.of("tar", "-tf", docker.toString()).succeeds().output()).contains("manifest.json");
        assertThat(Command.of("tar", "-xOf", docker.toString(), "blobs/sha256/" + Digest.sha256(UPPER).hex())
                .succeeds()
                .bytes()).isEqualTo(UPPER);

        Path layout = directory().resolve("layout");
        varve("image", "save", "a:1", "--compression", "zstd", "-o", layout + "/").succeeds();
        assertThat(layout.resolve("oci-layout")).exists();
        assertThat(layout.resolve("manifest.json")).doesNotExist();
        varve("image", "rm", "a:1").succeeds();
        for (Path source : new Path[]{docker, layout}) {
            assertThat(json("image", "load", source.toString())).containsEntry("digest", digest)
                    .containsEntry("names/0", "a:1")
                    .containsEntry("diffIds/1", Digest.sha256(UPPER).toString());
            varve("image", "rm", "a:1").succeeds();
        }
        assertThat(varve("layer", "ls", "--json").succeeds().line()).isEqualTo("{\"layers\":[]}");
        assertThat(driverHome().resolve("spool")).isEmptyDirectory();
    }

    @Test
    void archivesMayBeCompressedInEveryWayThatIsCommon() throws IOException {
        String digest = load("a:1");
        byte[] archive = varve("image", "save", "a:1").succeeds().bytes();
        varve("image", "rm", "a:1").succeeds();
        Path file = directory().resolve("compressed");
        String diffId = Digest.sha256(BASE).toString();
        for (Compressing compressing : List.<Compressing>of(GZIPOutputStream::new, ZstdOutputStream::new,
                out -> new XZOutputStream(out, new LZMA2Options(0)), BZip2CompressorOutputStream::new)) {
            Files.write(file, compressed(compressing, archive));
            assertThat(json("image", "load", file.toString())).containsEntry("digest", digest);
            varve("image", "rm", "a:1").succeeds();
            Files.write(file, compressed(compressing, BASE));
            assertThat(json("layer", "apply", "base", file.toString())).containsEntry("diffId", diffId);
            varve("layer", "rm", "base").succeeds();
        }
    }

    @Test
    void layersThatOthersLieOnStayAndThatIsSaid() throws IOException {
        load("a:1");
        Path archive = Files.write(directory().resolve("layer.tar"), UPPER);
        varve("layer", "apply", "top", archive.toString(), "--image", "a:1").succeeds();
        assertThat(
                varve("layer", "apply", "other", archive.toString(), "--image", "a:1", "--parent", "top").run().code())
                .isEqualTo(2);
        String parent = json("layer", "inspect", "top").get("parent");
        assertThat(json("image", "inspect", "a:1")).containsEntry("top", parent);
        Command.Result removed = varve("image", "rm", "a:1").succeeds();
        assertThat(removed.output()).isEmpty();
        assertThat(removed.errors()).contains("2 layers kept");
        assertThat(json("layer", "inspect", "top")).containsEntry("parent", parent);
    }

    @Test
    void anArchiveThatIsDamagedIsNamed() throws IOException {
        Path archive = Files.write(directory().resolve("half.tar"), java.util.Arrays.copyOf(BASE, 700));
        Command.Result refused = varve("layer", "apply", "base", archive.toString()).run();
        assertThat(refused.code()).isEqualTo(7);
        assertThat(refused.errors()).startsWith("varve: " + archive + ": ");
    }

    private interface Compressing {
        OutputStream to(OutputStream out) throws IOException;
    }

    private static byte[] compressed(Compressing compressing, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = compressing.to(out)) {
            compressed.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void aLayerBecomesAnImage() throws IOException {
        load("a:1");
        varve("layer", "create", "work", "--image", "a:1").succeeds();
        Path root = Path.of(varve("layer", "mount", "work").succeeds().line());
        Files.writeString(root.resolve("made"), "m");
        Files.delete(root.resolve("f"));
        failsAndChangesNothing(5, "mount for writing", varve("image", "commit", "work", "b:2"));
        TreeListing merged = Kernel.listing(root);
        varve("layer", "umount", "work").succeeds();

        TreeMap<String, String> made = json("image", "commit", "work", "b:2", "--author", "me", "--message", "why");
        assertThat(made).containsEntry("names/0", "b:2").containsEntry("diffIds/2", made.get("diffId"));
        Path tar = directory().resolve("b.tar");
        assertThat(json("image", "save", "b:2", "-o", tar.toString())).containsEntry("layers/2/diffId",
                made.get("diffId"));
        assertThat(Digest.sha256(varve("layer", "diff", "work").succeeds().bytes()).toString())
                .isEqualTo(made.get("diffId"));
        assertThat(Digest.sha256(varve("layer", "diff", made.get("top")).succeeds().bytes()).toString())
                .isEqualTo(made.get("diffId"));
        byte[] config = Command
                .of("tar", "-xOf", tar.toString(), "blobs/sha256/" + made.get("digest").substring("sha256:".length()))
                .succeeds()
                .bytes();
        assertThat(FlatJson.parse(config)).containsEntry("architecture", "amd64")
                .containsEntry("rootfs/diff_ids/2", made.get("diffId"))
                .containsEntry("history/0/author", "me")
                .containsEntry("history/0/comment", "why");

        varve("layer", "create", "copy", "--image", "b:2").succeeds();
        Path copy = Path.of(varve("layer", "mount", "copy").succeeds().line());
        Kernel.listing(copy).assertSameAs(merged, "the layer, and one on the image that was made of it");
        varve("layer", "umount", "copy").succeeds();
        assertThat(json("layer", "inspect", "work")).containsEntry("kind", "active").containsEntry("children", "0");
        Files.writeString(Path.of(varve("layer", "mount", "work").succeeds().line()).resolve("more"), "used further");
        varve("layer", "umount", "work").succeeds();
    }

    @Test
    void whatCannotBeDoneIsSaidAndChangesNothing() throws IOException {
        load("a:1");
        applyBase();
        varve("layer", "create", "work", "--image", "a:1").succeeds();
        failsAndChangesNothing(5, "no image below", varve("image", "commit", "base", "b:2"));
        failsAndChangesNothing(3, "nobody", varve("image", "commit", "nobody", "b:2"));
        failsAndChangesNothing(7, "B:2", varve("image", "commit", "work", "B:2"));
        failsAndChangesNothing(3, "nothing", varve("image", "commit", "work", "b:2", "--image", "nothing"));
        failsAndChangesNothing(3, "nothing", varve("image", "save", "nothing", "-o", file("x", BASE).toString()));
        assertThat(directory().resolve("x")).hasBinaryContent(BASE);
        failsAndChangesNothing(3, "no such directory",
                varve("image", "save", "a:1", "-o", directory() + "/missing/x.tar"));
        failsAndChangesNothing(4, "not empty", varve("image", "save", "a:1", "-o", directory().toString()));
        failsAndChangesNothing(2, "--format", varve("image", "save", "a:1", "-o", "x.tar", "--format", "zip"));
        assertThat(varve("image", "save", "a:1", "--json").run().endsWith(2).errors()).contains("needs -o");
    }

    @Test
    void anImageWhoseFilesWereChangedIsNotSaved() throws IOException {
        load("a:1");
        try (var files = Files.walk(store())) {
            Files.writeString(files.filter(f -> f.endsWith("fs/new")).findFirst().orElseThrow(), "c");
        }
        Path target = directory().resolve("target.tar");
        fails(7, "does not give its archive back", varve("image", "save", "a:1", "-o", target.toString()));
        fails(7, "does not give its archive back", varve("image", "save", "a:1", "-o", directory() + "/target/"));
        try (var left = Files.list(directory())) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .noneMatch(n -> n.contains("target") || n.startsWith(".varve"));
        }
    }
}
