package dev.varve.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.varve.domain.digest.Digest;
import dev.varve.ports.in.LayerBlob.Written;

/** Writes a directory as the OCI image specification, image-layout.md, describes it. Call in order: layers, finish. */
final class OciLayoutWriter {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private final Path directory;
    private final Path blobs;
    private final List<Written> layers = new ArrayList<>();

    /** @param directory is made */
    OciLayoutWriter(Path directory) throws IOException {
        this.directory = directory;
        this.blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    }

    /** Where to write a layer, whose digest is known only afterwards. */
    Path next() {
        return directory.resolve("layer-" + layers.size());
    }

    /** Adds what was written to {@link #next}. */
    void add(Written layer) throws IOException {
        Files.move(next(), blobs.resolve(layer.blob().hex()));
        layers.add(layer);
    }

    /** Writes what describes the layers. */
    void finish(String name, String architecture) throws IOException {
        byte[] config = Json.document(o -> o.field("architecture", architecture)
                .field("os", "linux")
                .object("config", c -> c.texts("Cmd", List.of("/bin/sh")))
                .object("rootfs", r -> r.field("type", "layers")
                        .texts("diff_ids", layers.stream().map(Written::diffId).toList())));
        Digest configDigest = blob(config);
        byte[] manifest = Json.document(o -> {
            o.field("schemaVersion", 2).field("mediaType", MANIFEST);
            o.object("config", descriptor(CONFIG, configDigest, config.length));
            o.objects("layers", layers,
                    (d, layer) -> descriptor(layer.compression().mediaType(), layer.blob(), layer.size()).accept(d));
        });
        Digest manifestDigest = blob(manifest);
        write("index.json", Json.document(o -> {
            o.field("schemaVersion", 2).field("mediaType", INDEX);
            o.objects("manifests", List.of(name), (m, n) -> {
                descriptor(MANIFEST, manifestDigest, manifest.length).accept(m);
                m.texts("annotations", Map.of("org.opencontainers.image.ref.name", n));
            });
        }));
        write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
    }

    private static Consumer<Json> descriptor(String mediaType, Digest digest, long size) {
        return o -> o.field("mediaType", mediaType).field("digest", digest.toString()).field("size", size);
    }

    private Digest blob(byte[] content) throws IOException {
        Digest digest = Digest.sha256(content);
        write("blobs/sha256/" + digest.hex(), content);
        return digest;
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name), content);
    }
}
