package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;

import dev.varve.testkit.tree.TarBuilder;

/** Images that Varve saved are loaded, run and saved by Docker, and come back as they went. */
@Tag("docker")
@EnabledIf(value = "dev.varve.it.VarveContainer#engineAnswers", disabledReason = "no container engine answers")
class DockerRoundTripIT extends CliTest {
    private static final String NAME = "varve-it-roundtrip:1";
    /** A program that needs no library: the image holds no other. */
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final byte[] EDITS = new TarBuilder().file("srv/motd", "of the upper layer\n")
            .whiteout("srv/", "gone")
            .opaque("srv/opaque/")
            .file("srv/opaque/new", "n")
            .build();
    private final DockerClient docker = DockerClientFactory.instance().client();

    @AfterEach
    void removeImage() {
        try {
            docker.removeImageCmd(NAME).withForce(true).exec();
        } catch (NotFoundException e) {
            // the test did not come to it
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void anImageGoesToDockerAndComesBack(String compression) throws IOException {
        String digest = json("image", "load", image().toString()).get("digest");
        Path saved = directory().resolve("saved.tar");
        varve("image", "save", NAME, "--format", "docker", "--compression", compression, "-o", saved.toString())
                .succeeds();
        load(saved);
        assertThat(docker.inspectImageCmd(NAME).exec().getId()).isEqualTo(digest);
        assertThat(output()).isEqualTo("motd of the upper layer\nstays s\nopaque/new n\n");

        Path back = saveFromDocker();
        Command other = Command.varve("--store", directory().resolve("other").toString());
        var loaded = FlatJson.parse(other.with("image", "load", back.toString(), "--json").succeeds().bytes());
        assertThat(loaded).containsEntry("digest", digest).containsEntry("names/0", NAME);
        other.with("layer", "create", "again", "--image", NAME).succeeds();
        varve("layer", "create", "once", "--image", NAME).succeeds();
        assertThat(tree(other, "again")).isEqualTo(tree(varve(), "once")).contains("/srv/opaque/new");
    }

    @Test
    void aLayerThatWasEditedIsWhatDockerRuns() throws IOException {
        varve("image", "load", image().toString()).succeeds();
        varve("layer", "create", "edited", "--image", NAME).succeeds();
        Path root = Path.of(varve("layer", "mount", "edited").succeeds().line());
        Files.writeString(root.resolve("srv/motd"), "edited\n");
        Files.delete(root.resolve("srv/opaque/new"));
        varve("layer", "umount", "edited").succeeds();
        varve("image", "commit", "edited", NAME).succeeds();
        Path saved = directory().resolve("saved.tar");
        varve("image", "save", NAME, "-o", saved.toString()).succeeds();
        load(saved);
        assertThat(output()).isEqualTo("motd edited\nstays s\n");
    }

    private Path image() throws IOException {
        byte[] base = new TarBuilder().directory("bin/")
                .entry("bin/busybox", '0', 0755, 0, 0, 1, "", Files.readAllBytes(BUSYBOX))
                .directory("srv/")
                .file("srv/motd", "of the base\n")
                .file("srv/gone", "g")
                .file("srv/stays", "s")
                .directory("srv/opaque/")
                .file("srv/opaque/old", "o")
                .build();
        return new OciLayout(directory().resolve("image")).add(base)
                .add(EDITS)
                .config("""
                {"Cmd":["/bin/busybox","sh","-c","cd /srv; for f in * */*; do [ ! -f $f ] || echo $f $(cat $f); done"]}""")
                .finish(NAME);
    }

    private void load(Path archive) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            docker.loadImageCmd(in).exec();
        }
    }

    private Path saveFromDocker() throws IOException {
        Path archive = directory().resolve("back.tar");
        try (InputStream in = docker.saveImageCmd(NAME).exec()) {
            Files.copy(in, archive);
        }
        return archive;
    }

    /** What the image's own command prints. */
    private static String output() {
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(NAME))) {
            container.withNetworkMode("none").withStartupCheckStrategy(new OneShotStartupCheckStrategy()).start();
            return container.getLogs(OutputType.STDOUT);
        }
    }

    /** All that the layer's root shows. */
    private static String tree(Command varve, String layer) throws IOException {
        Path root = Path.of(varve.with("layer", "mount", layer).succeeds().line());
        try {
            return Kernel.listing(root).toString();
        } finally {
            varve.with("layer", "umount", layer).succeeds();
        }
    }
}
