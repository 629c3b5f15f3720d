package dev.varve.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.app.image.DirectorySink;
import dev.varve.app.image.OciLayoutWriter;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.LayerBlob.Written;

/**
 * Builds a small real image of three layers on a host that has none and no network: from files that the host has, with
 * Varve itself. The second layer adds and deletes, the third replaces a directory.
 */
final class SampleImage {
    private static final String SCRIPT = """
            #!/bin/sh
            # Part of Varve's sample image.
            echo "hello from release $(cat /srv/app/releases/current)"
            """;
    private final Workplace place;
    private final Tour.Step step;
    private final OciLayoutWriter layout;
    private final List<Written> layers = new ArrayList<>();

    private SampleImage(Workplace place, Tour.Step step, OciLayoutWriter layout) {
        this.place = place;
        this.step = step;
        this.layout = layout;
    }

    /** @return the directory of an OCI image layout */
    static Path build(Workplace place, Tour.Step step) throws IOException {
        Path directory = place.file("sample");
        SampleImage image = new SampleImage(place, step, new OciLayoutWriter(new DirectorySink(directory)));
        LayerId base = image.layer("sample-1", Optional.empty(), image::fillBase);
        LayerId second = image.layer("sample-2", Optional.of(base), SampleImage::addAndDelete);
        image.layer("sample-3", Optional.of(second), SampleImage::replaceDirectory);
        String architecture = System.getProperty("os.arch");
        image.finish("sample:1", switch (architecture) {
            case "aarch64" -> "arm64";
            case "x86_64" -> "amd64";
            default -> architecture;
        });
        Workplace.Failure failures = new Workplace.Failure();
        place.removeLayers(failures);
        failures.raise();
        return directory;
    }

    /** Changes a root file system. */
    private interface Filling {
        void fill(Path root) throws IOException;
    }

    private LayerId layer(String name, Optional<LayerId> parent, Filling filling) throws IOException {
        LayerId id = place.create(place.free(name), parent);
        try (var lease = place.varve().layers().acquire(id)) {
            filling.fill(lease.path());
        }
        Path archive = place.file(name + ".tar.gz");
        Written written = place.varve().layers().diff(id).writeTo(archive, Compression.GZIP);
        try (InputStream content = Files.newInputStream(archive)) {
            layout.add(written, content);
        }
        Files.delete(archive);
        layers.add(written);
        step.say(String.format("%-9s %6s gzip, %3d entries", name, Plain.bytes(written.size()), written.entries()));
        return id;
    }

    private void finish(String name, String architecture) throws IOException {
        byte[] config = Json.document(o -> o.field("architecture", architecture)
                .field("os", "linux")
                .object("config", c -> c.texts("Cmd", List.of("/bin/sh")))
                .object("rootfs", r -> r.field("type", "layers")
                        .texts("diff_ids", layers.stream().map(Written::diffId).toList())));
        layout.finish(Digest.sha256(config), config, List.of(name), Format.OCI);
    }

    private void fillBase(Path root) throws IOException {
        HostFiles.copyTo(root, step);
        write(root, "usr/local/bin/hello", SCRIPT);
        Files.setPosixFilePermissions(root.resolve("usr/local/bin/hello"),
                PosixFilePermissions.fromString("rwxr-xr-x"));
        write(root, "srv/app/app.conf", "port = 8080\n");
        write(root, "srv/app/log/old.log", "nothing happened\n");
        write(root, "srv/app/releases/1/notes.txt", "the first release\n");
        write(root, "srv/app/releases/1/data.txt", "1\n".repeat(500));
        write(root, "srv/app/releases/current", "1\n");
        write(root, "srv/doc/guide/start.txt", "Begin at the beginning.\n");
        write(root, "srv/doc/guide/end.txt", "Go on till you come to the end: then stop.\n");
        write(root, "srv/doc/old/draft.txt", "To be written.\n");
        write(root, "srv/doc/old/ideas.txt", "None yet.\n");
    }

    private static void addAndDelete(Path root) throws IOException {
        write(root, "srv/app/releases/2/notes.txt", "the second release\n");
        write(root, "srv/app/plugins/metrics.conf", "every = 10s\n");
        Files.writeString(root.resolve("srv/app/app.conf"), "tls = on\n", StandardOpenOption.APPEND);
        Files.delete(root.resolve("srv/app/log/old.log"));
    }

    private static void replaceDirectory(Path root) throws IOException {
        Trees.delete(root.resolve("srv/app/releases"));
        write(root, "srv/app/releases/3/notes.txt", "the third release; the others are gone\n");
        write(root, "srv/app/releases/current", "3\n");
    }

    private static void write(Path root, String name, String content) throws IOException {
        Path file = root.resolve(name);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, content);
    }
}
