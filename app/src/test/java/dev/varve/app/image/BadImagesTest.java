package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.testkit.tree.TarBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** What is no image, or a damaged or hostile one. Nothing of it stays. */
class BadImagesTest extends ImageFixture {
    private final SampleImage sample = SampleImage.of("base", "top");

    @AfterEach
    void nothingStays() throws IOException {
        assertThat(layers.ids()).isEmpty();
        assertThat(images.list()).isEmpty();
    }

    private static void assertBad(ThrowingCallable load, String... parts) {
        assertThatThrownBy(load).isExactlyInstanceOf(BadDataException.class).hasMessageContainingAll(parts);
    }

    private static String blobPath(byte[] bytes) {
        return "blobs/sha256/" + Digest.sha256(bytes).hex();
    }

    @Test
    void whatIsNoImage() throws IOException {
        assertBad(() -> load(new byte[0]), "the stream");
        assertBad(() -> load("this is not a tar, whatever it may be".repeat(50).getBytes(StandardCharsets.UTF_8)),
                "the stream");
        assertBad(() -> load(new ImageFiles().file("README", "hello")), "neither index.json nor manifest.json");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertBad(() -> images.load(empty), "neither index.json nor manifest.json", "empty");
    }

    @Test
    void aFileThatIsNotThere() {
        assertThatThrownBy(() -> images.load(temp.resolve("absent.tar")))
                .isInstanceOfSatisfying(SyscallFailedException.class, e -> {
                    assertThat(e.errno()).isEqualTo(Errno.ENOENT);
                    assertThat(e).hasMessageContainingAll("cannot read an image from", "absent.tar", "no such file");
                    assertThat(e.hint()).hasValueSatisfying(hint -> assertThat(hint).doesNotContain("store"));
                });
    }

    @Test
    void aFileThatThisUserMayNotReadIsNotTakenForADamagedOne() throws IOException {
        Path closed = Files.createFile(temp.resolve("closed.tar"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("-wx------")));
        assumeFalse(Files.isReadable(closed), "root may read every file");
        assertThatThrownBy(() -> images.load(closed)).isInstanceOfSatisfying(SyscallFailedException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    }

    @Test
    void truncatedTar() {
        byte[] oci = sample.oci("a").tar();
        byte[] zipped = SampleImage.compress(oci, Compression.GZIP);
        assertBad(() -> load(Arrays.copyOf(oci, oci.length - 1900)), "the stream");
        assertBad(() -> load(Arrays.copyOf(oci, 700)), "the stream");
        assertBad(() -> load(Arrays.copyOf(zipped, zipped.length / 2)), "the stream");
    }

    @Test
    void hostFailsWhileReading() {
        InputStream broken = new java.io.SequenceInputStream(new ByteArrayInputStream(sample.oci("a").tar(), 0, 1500),
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("disk on fire");
                    }
                });
        assertBad(() -> images.load(broken, Optional.empty(), Images.Progress.NONE), "disk on fire");
    }

    @Test
    void missingParts() throws IOException {
        String config = "blobs/sha256/" + sample.digest().hex();
        assertBad(() -> load(sample.oci("a").without(config)), config, "missing");
        byte[] layer = SampleImage.compress(sample.layers().get(1), Compression.GZIP);
        assertBad(() -> load(sample.oci("a").without(blobPath(layer))), blobPath(layer), "missing");
        assertBad(() -> images.load(directory(sample.oci("a").without(blobPath(layer)))), "missing");
        ImageFiles none = SampleImage.layout(new ImageFiles(), sample.addTo(new ImageFiles(), Compression.GZIP, ""));
        assertBad(() -> load(none), "blobs/sha256/", "missing");
        String tar = Digest.sha256(sample.layers().get(0)).hex() + "/layer.tar";
        assertBad(() -> load(sample.docker().without(tar)), tar, "missing");
        assertBad(() -> load(sample.docker().without(sample.digest().hex() + ".json")), ".json", "missing");
        assertBad(() -> load(sample.docker().symlink(tar, "nowhere")), tar, "missing");
        assertBad(() -> load(sample.docker().symlink(tar, "layer.tar")), tar, "too many symbolic links");
    }

    @Test
    void wrongDigests() {
        String config = "blobs/sha256/" + sample.digest().hex();
        byte[] changed = new String(sample.config(), StandardCharsets.UTF_8).replace("A=b", "A=c")
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> load(sample.oci("a").file(config, changed)))
                .isInstanceOf(DigestMismatchException.class)
                .hasMessageContainingAll(config, sample.digest().toString());
        assertBad(() -> load(sample.oci("a").file(config, "{}")), config, "2 bytes");
        assertThatThrownBy(() -> load(sample.docker().file(sample.digest().hex() + ".json", changed)))
                .isInstanceOf(DigestMismatchException.class);
        byte[] layer = SampleImage.compress(sample.layers().get(1), Compression.GZIP);
        byte[] damaged = layer.clone();
        damaged[9] ^= 1; // The operating system of a gzip header: the content is the same.
        assertThatThrownBy(() -> load(sample.oci("a").file(blobPath(layer), damaged)))
                .isInstanceOf(DigestMismatchException.class);
        String tar = Digest.sha256(sample.layers().get(1)).hex() + "/layer.tar";
        assertThatThrownBy(() -> load(sample.docker().file(tar, SampleImage.of("evil").layers().getFirst())))
                .isInstanceOf(DigestMismatchException.class);
        assertBad(() -> load(sample.docker().file(tar, "no tar")), "layer 2/2 sha256:");
    }

    @Test
    void wrongNumberOfDiffIds() {
        byte[] config = sample.config(sample.diffIds().subList(0, 1));
        assertBad(
                () -> load(sample.docker()
                        .file(sample.digest().hex() + ".json", "")
                        .file("c.json", config)
                        .file("manifest.json", "[" + SampleImage.dockerItem("c.json", List.of()) + "]")),
                "has 0 layers", "says 1");
        ImageFiles files = new ImageFiles();
        String layer = files.blob(Compression.NONE.mediaType(), sample.layers().getFirst(), "");
        byte[] manifest = SampleImage.manifest(files.blob(SampleImage.CONFIG, config, ""), List.of(layer, layer));
        assertBad(() -> load(SampleImage.layout(files, files.blob(SampleImage.MANIFEST, manifest, ""))), "has 2 layers",
                "says 1");
    }

    @Test
    void layersThatTheConfigurationHasAreNotLeftOut() {
        String list = "\"layers\":[]";
        for (String none : List.of("\"layers\":null", "\"other\":1")) {
            ImageFiles files = new ImageFiles();
            String config = files.blob(SampleImage.CONFIG, sample.config(), "");
            String whole = new String(SampleImage.manifest(config, List.of()), StandardCharsets.UTF_8);
            assertThat(whole).contains(list);
            byte[] cut = whole.replace(list, none).getBytes(StandardCharsets.UTF_8);
            assertBad(() -> load(manifest(files, cut)), sample.digest().toString(), "has 0 layers", "says 2");
        }
        assertBad(() -> load(sample.docker()
                .file("manifest.json", "[{\"Config\":\"" + sample.digest().hex() + ".json\",\"Layers\":null}]")),
                "has 0 layers", "says 2");
        assertBad(
                () -> load(sample.docker()
                        .file("manifest.json", "[{\"Config\":\"" + sample.digest().hex() + ".json\",\"Layers\":{}}]")),
                "[0].Layers is not an array");
    }

    @Test
    void unknownMediaTypes() {
        ImageFiles files = new ImageFiles();
        byte[] layer = sample.layers().getFirst();
        byte[] config = sample.config();
        String helm = files.blob("application/vnd.cncf.helm.config.v1+json", config, "");
        String squash = files.blob("application/squashfs", layer, "");
        assertBad(() -> load(manifest(files, SampleImage.manifest(helm, List.of()))), "unknown media type", "helm");
        assertBad(
                () -> load(manifest(files,
                        SampleImage.manifest(files.blob(SampleImage.CONFIG, config, ""), List.of(squash)))),
                "layers[0].mediaType", "unknown media type: application/squashfs");
        assertBad(() -> load(SampleImage.layout(files, files.blob("text/plain", config, ""))), "no image in",
                "unknown media types: text/plain");
    }

    private static ImageFiles manifest(ImageFiles files, byte[] manifest) {
        return SampleImage.layout(files, files.blob(SampleImage.MANIFEST, manifest, ""));
    }

    @Test
    void documentsThatReadersWouldTakeDifferently() {
        ImageFiles files = new ImageFiles();
        byte[] both = "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}".getBytes(StandardCharsets.UTF_8);
        assertBad(() -> load(manifest(files, both)), "both an index and a manifest");
        byte[] index = ("{\"schemaVersion\":2,\"mediaType\":\"" + SampleImage.INDEX + "\",\"layers\":[]}")
                .getBytes(StandardCharsets.UTF_8);
        assertBad(() -> load(manifest(files, index)), "mediaType", "it was listed as " + SampleImage.MANIFEST);
        assertBad(() -> load(new ImageFiles().file("manifest.json", "[{\"Config\":\"a\",\"Config\":\"b\"}]")),
                "manifest.json", "uplicate");
    }

    @Test
    void pathsThatLeadOutside() throws IOException {
        for (String path : List.of("../../etc/passwd", "a/../../b")) {
            ImageFiles files = sample.docker()
                    .file("manifest.json",
                            "[" + SampleImage.dockerItem(sample.digest().hex() + ".json", List.of(path)) + "]");
            Path directory = directory(files);
            for (ThrowingCallable load : List.<ThrowingCallable>of(() -> load(files), () -> images.load(directory))) {
                assertThatThrownBy(load).isInstanceOf(UnsafePathException.class)
                        .hasMessageContainingAll("manifest.json", "[0].Layers[0]", path);
            }
        }
        String layer = Digest.sha256(sample.layers().get(1)).hex() + "/layer.tar";
        assertThatThrownBy(() -> load(sample.docker().symlink(layer, "../../../etc/passwd")))
                .isInstanceOf(UnsafePathException.class);
        Files.write(temp.resolve("secret"), sample.layers().get(1));
        Path linked = directory(sample.docker().symlink(layer, temp.resolve("secret").toString()));
        assertThatThrownBy(() -> images.load(linked)).isInstanceOf(UnsafePathException.class)
                .hasMessageContaining("symbolic link that leads out");
        Path outside = directory(sample.oci("a"));
        Path inside = Files.createDirectory(temp.resolve("inside"));
        Files.copy(outside.resolve("index.json"), inside.resolve("index.json"));
        Files.createSymbolicLink(inside.resolve("blobs"), outside.resolve("blobs"));
        assertThatThrownBy(() -> images.load(inside)).isInstanceOf(UnsafePathException.class);
    }

    @Test
    void absolutePathIsWithinTheImage() {
        assertBad(
                () -> load(new ImageFiles().file("manifest.json",
                        "[" + SampleImage.dockerItem("/etc/passwd", List.of()) + "]")),
                "etc/passwd in the stream", "missing");
    }

    @Test
    void whatIsNoRegularFile() throws IOException {
        String layer = Digest.sha256(sample.layers().get(1)).hex() + "/layer.tar";
        Path directory = directory(sample.docker().without(layer));
        Files.createDirectories(directory.resolve(layer));
        assertBad(() -> images.load(directory), "not a regular file");
        assertBad(
                () -> load(new ImageFiles().file("manifest.json", "[" + SampleImage.dockerItem(".", List.of()) + "]")),
                "[0].Config names no file");
    }

    @Test
    void malformedDocuments() {
        assertMalformed("", "empty");
        assertMalformed("[", "malformed", "line 1");
        assertMalformed("[] []", "more follows");
        assertMalformed("{}", "it is not an array");
        assertBad(() -> load(new ImageFiles().file("manifest.json", "[]")), "its manifest.json lists none");
        assertMalformed("[7]", "[0] is not an object");
        assertMalformed("[{\"Layers\":[]}]", "[0].Config is missing");
        assertMalformed("[{\"Config\":null}]", "[0].Config is missing");
        assertMalformed("[{\"Config\":{}}]", "[0].Config is not a string");
        assertMalformed("[{\"Config\":\"x\",\"RepoTags\":[\"Not A Name\"]}]", "[0].RepoTags[0]", "Not A Name");
        assertMalformed("[".repeat(200), "malformed", "depth");
        assertMalformed("[" + "{\"a\":".repeat(5000) + "1" + "}".repeat(5000) + "]", "malformed", "depth");
        assertMalformed(" ".repeat((4 << 20) + 1), "at most 4194304");
        assertMalformed("[" + "1,".repeat(600_000) + "1]", "malformed", "oken");
        assertMalformed("\u0000\u001b[31m", "malformed");
    }

    private void assertMalformed(String manifest, String... parts) {
        assertBad(() -> load(new ImageFiles().file("manifest.json", manifest)), "manifest.json in the stream");
        assertBad(() -> load(new ImageFiles().file("manifest.json", manifest)), parts);
        assertThatThrownBy(() -> load(new ImageFiles().file("manifest.json", manifest)))
                .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
    }

    @Test
    void malformedLayouts() {
        assertBadIndex("{\"schemaVersion\":1,\"manifests\":[]}", "schemaVersion", "is not 2");
        assertBadIndex("{\"schemaVersion\":2}", "manifests is missing");
        assertBadIndex("{\"schemaVersion\":2,\"manifests\":[]}", "no image in the stream");
        assertBadIndex(
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + SampleImage.MANIFEST
                        + "\",\"digest\":\"sha256:../../etc/passwd\",\"size\":1}]}",
                "manifests[0].digest", "not a digest");
        for (String size : List.of("-1", "\"1\"", "1.5", "99999999999999999999")) {
            assertBadIndex("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" + SampleImage.MANIFEST
                    + "\",\"digest\":\"" + sample.digest() + "\",\"size\":" + size + "}]}", "manifests[0].size");
        }
        assertBad(() -> load(sample.oci("a").file("oci-layout", "{\"imageLayoutVersion\":\"2.0\"}")),
                "imageLayoutVersion", "2.0");
        assertBad(() -> load(SampleImage.layout(new ImageFiles()).file("x", "")), "no image");
    }

    private void assertBadIndex(String index, String... parts) {
        assertBad(() -> load(new ImageFiles().file("index.json", index)), parts);
    }

    @Test
    void severalImages() {
        ImageFiles oci = new ImageFiles();
        SampleImage.layout(oci, sample.addTo(oci, Compression.GZIP, SampleImage.refName("one")),
                SampleImage.of("x").addTo(oci, Compression.GZIP, ""));
        ImageFiles docker = sample.docker()
                .file("manifest.json", "[" + SampleImage.dockerItem("a.json", List.of(), "one:1") + ","
                        + SampleImage.dockerItem("b.json", List.of(), "two:2") + "]");
        assertBad(() -> load(oci), "several images", "one:latest", "sha256:");
        assertBad(() -> load(docker), "several images", "one:1, two:2");
        assertThatThrownBy(() -> load(docker, "mine")).isInstanceOfSatisfying(BadDataException.class,
                e -> assertThat(e.hint().orElse("")).contains("skopeo"));
    }

    /** Each name times each manifest would be 360 million. */
    @Test
    void manyNamesOfManyManifests() {
        String[] manifests = new String[24_000];
        for (int i = 0; i < manifests.length; i++) {
            manifests[i] = "{\"mediaType\":\"%s\",\"digest\":\"sha256:%064x\",\"size\":1}"
                    .formatted(SampleImage.MANIFEST, i);
        }
        assertBad(() -> load(named(15_000, new ImageFiles(), manifests)), "no image in the stream");
        ImageFiles files = new ImageFiles();
        for (int i = 0; i < 1000; i++) {
            byte[] manifest = ("{\"number\":" + i + "}").getBytes(StandardCharsets.UTF_8);
            manifests[i] = files.blob(SampleImage.MANIFEST, manifest, "");
        }
        assertBad(() -> load(named(15_000, files, manifests)), "several images", "n0:latest and n1:latest", ", …");
    }

    /** A layout that has an index of the manifests under so many names. */
    private static ImageFiles named(int names, ImageFiles files, String... manifests) {
        String index = files.blob(SampleImage.INDEX, SampleImage.index(manifests), SampleImage.refName("NAME"));
        return SampleImage.layout(files,
                IntStream.range(0, names).mapToObj(i -> index.replace("NAME", "n" + i)).toArray(String[]::new));
    }

    @Test
    void noImageForThisPlatform() {
        ImageFiles files = new ImageFiles();
        String one = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"mips\"}";
        String two = ",\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\",\"variant\":\"v2\"}";
        assertBad(() -> load(SampleImage.layout(files, sample.addTo(files, Compression.GZIP, one),
                SampleImage.of("x").addTo(files, Compression.GZIP, two))), "linux/mips, windows/amd64/v2");
    }

    @Test
    void badNameIsRefusedBeforeAnythingIsRead() {
        assertThatThrownBy(() -> images.load(temp.resolve("absent"), Optional.of("Not:a:name"), Images.Progress.NONE))
                .isInstanceOf(VarveException.class)
                .hasMessageContaining("not a name for an image: Not:a:name");
    }

    /** GNU's sparse format 0.1, its map and size in records: nothing but a hole. */
    private static byte[] hole(String name, long size) {
        String records = record("GNU.sparse.name=" + name) + record("GNU.sparse.size=" + size)
                + record("GNU.sparse.numblocks=1") + record("GNU.sparse.map=" + size + ",0");
        return new TarBuilder()
                .entry("PaxHeaders/x", 'x', 0644, 0, 0, 0, "", records.getBytes(StandardCharsets.US_ASCII))
                .file("x", "")
                .build();
    }

    private static String record(String keyAndValue) {
        int length = keyAndValue.length() + 4; // two digits, a blank and the end of the line
        return (length > 99 ? length + 1 : length) + " " + keyAndValue + "\n";
    }

    @Test
    void filesOfHolesThatNobodyCouldReadToTheirEnd() {
        for (long size : new long[]{1L << 60, (1L << 40) + 1, 100L << 30}) {
            assertBad(() -> load(hole("blobs/sha256/" + "a".repeat(64), size)), "the stream", "bytes");
        }
    }

    @Test
    void namesOfThousandsOfParts() {
        byte[] name = "a/".repeat(2000).getBytes(StandardCharsets.UTF_8);
        assertBad(() -> load(new TarBuilder().pax("path", name).file("x", "").build()), "the stream",
                "more than 128 parts");
    }
}
