package dev.varve.app.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Images.Saved;
import dev.varve.ports.in.Images.Target;
import dev.varve.ports.in.LayerBlob.Written;

/** A saved image is the one that was loaded. */
class ImageSavingTest extends ImageFixture {
    private final SampleImage sample = SampleImage.of("base", "middle", "top".repeat(100_000));

    private byte[] saved(String reference, Format format, Compression compression) throws VarveException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        images.save(reference, new Target.Stream(out), format, compression, Images.Progress.NONE);
        return out.toByteArray();
    }

    private Saved save(String reference, Target target) throws VarveException {
        return images.save(reference, target, Format.OCI, Compression.NONE, Images.Progress.NONE);
    }

    @ParameterizedTest
    @CsvSource({"OCI, NONE", "OCI, GZIP", "OCI, ZSTD", "DOCKER, NONE", "DOCKER, GZIP", "DOCKER, ZSTD"})
    void comesBackAsItWas(Format format, Compression compression) throws IOException {
        Image first = load(sample.docker("registry.example:5000/team/app:1.0", "short"));
        byte[] archive = saved("registry.example:5000/team/app:1.0", format, compression);
        assertThat(saved("registry.example:5000/team/app:1.0", format, compression)).isEqualTo(archive);
        images.remove(first.digest().toString());
        assertThat(layers.ids()).isEmpty();
        Image again = load(archive);
        assertThat(again.digest()).isEqualTo(first.digest());
        assertThat(again.diffIds()).isEqualTo(first.diffIds());
        assertThat(again.names()).containsExactly("registry.example:5000/team/app:1.0");
        assertThat(catalogue.imageConfig(again.record())).isEqualTo(sample.config());
        assertThat(saved("registry.example:5000/team/app:1.0", format, compression)).isEqualTo(archive);
    }

    @Test
    void aDigestGivesNoName() throws IOException {
        Image image = load(sample.docker("a"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(save(image.digest().toString(), new Target.Stream(out)).names()).isEmpty();
        images.remove("a");
        assertThat(load(out.toByteArray()).names()).isEmpty();
    }

    @Test
    void tellsWhatItWrote() throws IOException {
        load(sample.docker("a"));
        Path file = temp.resolve("a.tar");
        Saved saved = save("a", new Target.Archive(file));
        assertThat(saved.image()).isEqualTo(sample.digest());
        assertThat(saved.names()).containsExactly("a:latest");
        assertThat(saved.layers()).extracting(Written::diffId).isEqualTo(sample.diffIds());
        assertThat(file).hasBinaryContent(saved("a", Format.OCI, Compression.NONE));
    }

    @Test
    void aLayerThatComesTwiceIsWrittenOnce() throws IOException {
        byte[] layer = sample.layers().getFirst();
        SampleImage twice = new SampleImage(List.of(layer, layer), "amd64");
        Image image = load(twice.docker("twice"));
        Path directory = temp.resolve("twice");
        save("twice", new Target.Directory(directory));
        try (Stream<Path> blobs = Files.list(directory.resolve("blobs/sha256"))) {
            assertThat(blobs).hasSize(3); // the layer, the configuration, the manifest
        }
        images.remove("twice");
        assertThat(images.load(directory).diffIds()).isEqualTo(image.diffIds()).hasSize(2);
    }

    @Test
    void aDirectoryIsANewOrAnEmptyOne() throws IOException {
        load(sample.docker("a"));
        Path directory = temp.resolve("layout");
        save("a", new Target.Directory(directory));
        assertThat(directory.resolve("oci-layout")).exists();
        assertThatThrownBy(() -> save("a", new Target.Directory(directory))).isInstanceOf(SyscallFailedException.class)
                .hasMessageContaining("ENOTEMPTY");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        save("a", new Target.Directory(empty));
        assertThat(images.load(empty).digest()).isEqualTo(sample.digest());
    }

    @Test
    void whatFailsLeavesNothing() throws IOException {
        load(sample.docker("a"));
        LayerId top = sample.layerIds().getLast();
        layers.archives.put(top, sample.layers().getFirst()); // as a layer without a framing would be written
        Path file = temp.resolve("a.tar");
        Files.writeString(file, "what was there");
        for (Target target : List.of(new Target.Archive(file), new Target.Directory(temp.resolve("d")))) {
            assertThatThrownBy(() -> save("a", target)).isInstanceOf(WrongStateException.class)
                    .hasMessageContaining(top.toString())
                    .satisfies(e -> assertThat(((VarveException) e).hint().orElseThrow()).contains("load it again"));
        }
        assertThat(file).hasContent("what was there");
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left).containsExactlyInAnyOrder(file, staging);
        }
        assertThatThrownBy(() -> save("b", new Target.Archive(file))).isInstanceOf(NoSuchImageException.class);
        assertThat(file).hasContent("what was there");
    }

    @Test
    void aStreamThatFailsIsToldAsSuch() throws IOException {
        load(sample.docker("a"));
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertThatThrownBy(() -> save("a", new Target.Stream(full))).isInstanceOf(VarveException.class)
                .isNotInstanceOf(BadDataException.class)
                .hasMessageContaining("ENOSPC");
    }

    @Test
    void namesAreWholeInTheIndex() {
        assertThat(ImageName.parse("debian").canonical()).isEqualTo("docker.io/library/debian:latest");
        assertThat(ImageName.parse("team/app:1").canonical()).isEqualTo("docker.io/team/app:1");
        assertThat(ImageName.parse("localhost/app:1").canonical()).isEqualTo("localhost/app:1");
        assertThat(ImageName.parse("r.example:5000/app:1").canonical()).isEqualTo("r.example:5000/app:1");
    }
}
