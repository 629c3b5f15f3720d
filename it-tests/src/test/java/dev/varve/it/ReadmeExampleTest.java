package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import dev.varve.app.Varve;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/** The example of README.md: it is what stands here, it compiles, and it does what README says. */
class ReadmeExampleTest {
    // begin of the example
    private static void example(Path store, Path image, Path layer, PrintStream out) throws IOException {
        try (Varve varve = Varve.open(store)) {
            Image base = varve.images().load(image);
            LayerId build = new LayerId("build-1");
            varve.layers().create(build, base.top());
            try (Lease root = varve.layers().acquire(build)) {
                Files.writeString(root.path().resolve("etc/motd"), "hello\n");
            }
            varve.layers().changes(build).forEach(out::println);
            varve.layers().diff(build).writeTo(layer, Compression.GZIP);
        }
    }
    // end of the example

    @Test
    void theExampleOfReadmeIsThisOne() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String shown = readme.substring(readme.indexOf("```java\n") + 8,
                readme.indexOf("```\n", readme.indexOf("```java\n") + 8));
        String here = Files.readString(Path.of("src/test/java/dev/varve/it/ReadmeExampleTest.java"));
        assertThat(squeezed(
                here.substring(here.indexOf("// begin of the example"), here.indexOf("// end of the example"))))
                .contains(squeezed(shown));
        assertThat(shown.lines()).hasSizeLessThanOrEqualTo(10);
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").trim();
    }

    @Test
    void theExampleDoesWhatReadmeSays() throws IOException {
        Path directory = Drivers.freshDirectory();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Path layer = directory.resolve("layer.tar.gz");
        example(directory.resolve("store"), image(directory), layer,
                new PrintStream(printed, true, StandardCharsets.UTF_8));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("C /etc\nC /etc/motd\n");
        try (Varve other = Varve.open(directory.resolve("other"))) {
            other.images().load(image(directory));
            LayerId top = other.images().find("example").top();
            try (var in = Files.newInputStream(layer)) {
                other.layers().apply(new LayerId("copy"), top, in);
            }
            try (Lease copy = other.layers().acquire(new LayerId("copy"))) {
                assertThat(copy.path().resolve("etc/motd")).hasContent("hello");
            }
        }
        Drivers.delete(directory);
    }

    /** A docker-save archive of one layer. */
    private static Path image(Path directory) throws IOException {
        byte[] base = new TarBuilder().directory("etc/").file("etc/motd", "welcome\n").build();
        String config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                + Digest.sha256(base) + "\"]}}";
        String name = Digest.sha256(config.getBytes(StandardCharsets.UTF_8)).hex() + ".json";
        byte[] archive = new TarBuilder().file(name, config)
                .entry("layer.tar", '0', 0644, 0, 0, 0, "", base)
                .file("manifest.json",
                        "[{\"Config\":\"" + name + "\",\"RepoTags\":[\"example:latest\"],\"Layers\":[\"layer.tar\"]}]")
                .build();
        Path file = directory.resolve("image.tar");
        try (var in = new ByteArrayInputStream(archive)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
