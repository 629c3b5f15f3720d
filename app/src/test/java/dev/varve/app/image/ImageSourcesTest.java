package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.digest.Digest;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Images.Image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Every form that an image comes in. */
class ImageSourcesTest extends ImageFixture {
    private final SampleImage sample = SampleImage.of("base", "middle", "top");

    private void assertLoaded(Image image, String... names) throws IOException {
        assertThat(image.digest()).isEqualTo(sample.digest());
        assertThat(image.names()).containsExactly(names);
        assertThat(image.diffIds()).isEqualTo(sample.diffIds());
        assertThat(image.layers()).isEqualTo(sample.layerIds());
        assertThat(image.top()).isEqualTo(sample.layerIds().getLast());
        assertThat(layers.ids()).isEqualTo(sample.layerIds());
        assertThat(catalogue.imageConfig(image.record())).isEqualTo(sample.config());
        assertThat(image.record().topLayer()).isEqualTo(catalogue.find(image.top()).map(layer -> layer.number()));
        assertThat(images.find(sample.digest().toString()).record()).isEqualTo(image.record());
    }

    @ParameterizedTest
    @EnumSource
    void ociLayoutAsTarAsDirectoryAndCompressed(Compression compression) throws IOException {
        ImageFiles files = sample.oci("small", compression);
        assertLoaded(load(SampleImage.compress(files.tar(), compression)), "small:latest");
        assertLoaded(images.load(directory(files)), "small:latest");
        Path tar = Files.write(temp.resolve("image.tar"), SampleImage.compress(files.tar(), compression));
        assertLoaded(images.load(tar), "small:latest");
        assertThat(layers.applied).as("layers are applied once").hasSize(3);
    }

    @Test
    void dockerArchiveAsTarAndAsDirectory() throws IOException {
        ImageFiles files = sample.docker("docker.io/library/lb:small", "reg.example:5000/team/app");
        assertLoaded(load(files), "lb:small", "reg.example:5000/team/app:latest");
        assertLoaded(images.load(directory(files)), "lb:small", "reg.example:5000/team/app:latest");
    }

    @Test
    void dockerArchiveWhoseLayersAreLinks() throws IOException {
        List<String> paths = List.of("a/layer.tar", "b/layer.tar", "c/layer.tar");
        ImageFiles files = new ImageFiles().symlink("a/layer.tar", "../zero.tar")
                .file("zero.tar", sample.layers().get(0))
                .symlink("b/layer.tar", "./../one/link")
                .symlink("one/link", "layer.tar")
                .file("one/layer.tar", sample.layers().get(1))
                .file("two.tar", sample.layers().get(2))
                .hardLink("c/layer.tar", "two.tar")
                .file("config", sample.config())
                .file("manifest.json", "[" + SampleImage.dockerItem("config", paths) + "]");
        assertLoaded(load(files));
        assertLoaded(images.load(directory(files)));
    }

    @Test
    void nameOfContainerdWinsOverTheTagBesideIt() throws IOException {
        ImageFiles files = new ImageFiles();
        String more = SampleImage.named("io.containerd.image.name",
                "docker.io/library/debian:12\",\"org.opencontainers.image.ref.name\":\"12");
        assertLoaded(load(SampleImage.layout(files, sample.addTo(files, Compression.NONE, more))), "debian:12");
    }

    @Test
    void oneManifestUnderTwoNamesIsOneImage() throws IOException {
        ImageFiles files = new ImageFiles();
        assertLoaded(load(SampleImage.layout(files, sample.addTo(files, Compression.GZIP, SampleImage.refName("a:1")),
                sample.addTo(files, Compression.GZIP, SampleImage.refName("a:2")))), "a:1", "a:2");
    }

    @Test
    void nameThatNoImageCanHaveGivesNone() throws IOException {
        assertLoaded(load(sample.oci("What/Ever@x+y")));
        assertThat(images.find(sample.digest().hex().substring(0, 6)).names()).isEmpty();
    }

    @Test
    void nestedIndexGivesTheImageForThisArchitecture() throws IOException {
        String mine = Descriptor.Platform.hostArchitecture();
        ImageFiles files = new ImageFiles();
        String other = SampleImage.of("x")
                .forArchitecture("s390x")
                .addTo(files, Compression.GZIP, platform("s390x", ""));
        String wanted = sample.addTo(files, Compression.GZIP, platform(mine, ""));
        String newer = SampleImage.of("y").addTo(files, Compression.GZIP, platform(mine, "v9"));
        String attestation = SampleImage.of("z")
                .addTo(files, Compression.GZIP, SampleImage.named("vnd.docker.reference.type", "attestation-manifest"));
        String inner = files.blob(SampleImage.INDEX, SampleImage.index(other, newer, wanted, attestation), "");
        String outer = files.blob(SampleImage.INDEX, SampleImage.index(inner), SampleImage.refName("multi"));
        assertLoaded(load(SampleImage.layout(files, outer)), "multi:latest");
    }

    @Test
    void namesOfAllIndexesOnTheWayAreTheImages() throws IOException {
        ImageFiles files = new ImageFiles();
        String manifest = sample.addTo(files, Compression.GZIP, SampleImage.refName("own"));
        byte[] inner = SampleImage.index(manifest);
        byte[] outer = SampleImage.index(files.blob(SampleImage.INDEX, inner, SampleImage.refName("not-at-the-top")));
        assertLoaded(
                load(SampleImage.layout(files, files.blob(SampleImage.INDEX, inner, SampleImage.refName("inner")),
                        files.blob(SampleImage.INDEX, outer, SampleImage.refName("outer")), manifest)),
                "inner:latest", "outer:latest", "own:latest");
    }

    @Test
    void onlyImageThatIsThereIsTakenWhateverItsPlatform() throws IOException {
        ImageFiles files = new ImageFiles();
        ImageFiles elsewhere = new ImageFiles();
        String absent = SampleImage.of("x")
                .addTo(elsewhere, Compression.GZIP, platform(Descriptor.Platform.hostArchitecture(), ""));
        String there = sample.addTo(files, Compression.GZIP, platform("riscv64", ""));
        String index = files.blob(SampleImage.INDEX, SampleImage.index(absent, there), SampleImage.refName("one"));
        assertLoaded(load(SampleImage.layout(files, index)), "one:latest");
    }

    private static String platform(String architecture, String variant) {
        return ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\",\"variant\":\"%s\"}".formatted(architecture,
                variant);
    }

    @Test
    void archiveWithBothFormsIsReadAsLayoutIfThatIsWhole() throws IOException {
        assertLoaded(load(sample.docker("docker:1").addAll(sample.oci("oci:1"))), "oci:1");
        ImageFiles partial = sample.docker("docker:1")
                .addAll(SampleImage.layout(new ImageFiles(),
                        SampleImage.of("gone").addTo(new ImageFiles(), Compression.GZIP, "")));
        images.remove("oci:1");
        assertLoaded(load(partial), "docker:1");
    }

    @Test
    void bigLayersGoThroughTheSpool() throws IOException {
        byte[] noise = new byte[3 << 20];
        new Random(7).nextBytes(noise);
        byte[] big = new ImageFiles().file("big", noise).tar();
        SampleImage image = new SampleImage(List.of(SampleImage.of("base").layers().getFirst(), big), "amd64");
        assertThat(load(image.docker("big")).layers()).isEqualTo(image.layerIds());
        assertThat(layers.ids()).isEqualTo(image.layerIds());
    }

    @Test
    void oneLayerTwiceIsTwoLayers() throws IOException {
        SampleImage twice = new SampleImage(List.of(sample.layers().get(0), sample.layers().get(0)), "amd64");
        assertThat(load(twice.oci("twice")).layers()).doesNotHaveDuplicates().hasSize(2);
        assertThat(load(twice.docker("twice")).layers()).hasSize(2);
    }

    @Test
    void imageWithoutLayers() throws IOException {
        Image image = load(SampleImage.of().oci("scratch"));
        assertThat(image.layers()).isEmpty();
        assertThat(image.record().topLayer()).isEmpty();
    }

    /** As Go programs write an empty list, or leave it out. */
    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", ""})
    void imageWithoutLayersHoweverThatIsSaid(String list) throws IOException {
        byte[] config = ("{\"rootfs\":{\"type\":\"layers\"" + member("diff_ids", list) + "}}").getBytes(UTF_8);
        ImageFiles oci = new ImageFiles();
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":" + oci.blob(SampleImage.CONFIG, config, "")
                + member("layers", list) + "}").getBytes(UTF_8);
        SampleImage.layout(oci, oci.blob(SampleImage.MANIFEST, manifest, SampleImage.refName("oci")));
        ImageFiles docker = new ImageFiles().file("config", config)
                .file("manifest.json",
                        "[{\"Config\":\"config\",\"RepoTags\":[\"docker\"]" + member("Layers", list) + "}]");
        for (ImageFiles files : List.of(oci, docker)) {
            Image image = load(files);
            assertThat(image.digest()).isEqualTo(Digest.sha256(config));
            assertThat(image.layers()).isEmpty();
        }
        assertThat(images.find("oci").names()).containsExactly("docker:latest", "oci:latest");
    }

    private static String member(String name, String value) {
        return value.isEmpty() ? "" : ",\"" + name + "\":" + value;
    }

    @Test
    void streamIsReadToItsEndAndLeftOpen() throws IOException {
        boolean[] closed = {false};
        InputStream in = new ByteArrayInputStream(sample.docker("a").tar()) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        assertLoaded(images.load(in, Optional.of("other:2"), Images.Progress.NONE), "other:2");
        assertThat(in.available()).isZero();
        assertThat(closed[0]).isFalse();
    }

    @Test
    void reportsProgressAndOmissions() throws IOException {
        byte[] big = new ImageFiles().file("big", new byte[300_000]).tar();
        SampleImage image = new SampleImage(List.of(sample.layers().get(0), big), "amd64");
        List<String> reports = new ArrayList<>();
        Image loaded = images.load(directory(image.oci("a", Compression.NONE)), Optional.empty(),
                (what, done, total) -> reports.add(what + " " + done + " " + total));
        Digest digest = Digest.sha256(big);
        assertThat(reports).first().asString().startsWith("layer 1/2 sha256:");
        assertThat(reports).last()
                .isEqualTo("layer 2/2 sha256:" + digest.hex().substring(0, 12) + " " + big.length + " " + big.length);
        assertThat(reports.size()).isBetween(3, 2 + big.length / (1 << 16) + 1);
        assertThat(loaded.omissions()).containsExactly(FakeLayers.omission("file0"), FakeLayers.omission("big"));
        assertThat(images.find("a").omissions()).isEmpty();
    }

    @Test
    void whatAnIndexListsOfUnknownTypesIsPassedOver() throws IOException {
        ImageFiles files = new ImageFiles();
        String unknown = "{\"mediaType\":\"application/vnd.example.sbom\",\"digest\":\"blake3:00\",\"size\":\"?\"}";
        String signature = files.blob(SampleImage.MANIFEST, SampleImage.manifest("{}", List.of()),
                ",\"artifactType\":\"application/vnd.example.signature\"");
        String nested = files.blob(SampleImage.INDEX, SampleImage.index(unknown, signature,
                sample.addTo(files, Compression.GZIP, ",\"artifactType\":\"" + SampleImage.CONFIG + "\"")), "");
        Image image = load(SampleImage.layout(files, unknown, signature, nested));
        assertLoaded(image);
    }
}
