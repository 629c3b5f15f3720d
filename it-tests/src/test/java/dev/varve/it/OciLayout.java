package dev.varve.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.digest.Digest;

/** Writes an OCI image layout (image-layout.md) from layers that are there, knowing nothing of what Varve has for that. */
final class OciLayout {
    static final String TAR = "application/vnd.oci.image.layer.v1.tar";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private final Path directory;
    private final List<String> descriptors = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();
    private String containerConfig = "{}";

    /** @param directory is made */
    OciLayout(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("blobs/sha256"));
    }

    /** Adds a layer that is not compressed. */
    OciLayout add(byte[] tar) throws IOException {
        return add(tar, TAR, Digest.sha256(tar).toString());
    }

    OciLayout add(byte[] blob, String mediaType, String diffId) throws IOException {
        descriptors.add(blob(mediaType, blob));
        diffIds.add('"' + diffId + '"');
        return this;
    }

    OciLayout add(Path tar) throws IOException {
        return add(Files.readAllBytes(tar));
    }

    /** @param json what a container of the image is to run, and how */
    OciLayout config(String json) {
        containerConfig = json;
        return this;
    }

    /** Writes what describes the layers, and returns the directory. */
    Path finish(String name) throws IOException {
        String config = blob(CONFIG, bytes("""
                {"architecture":"amd64","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]}}"""
                .formatted(containerConfig, String.join(",", diffIds))));
        String manifest = blob(MANIFEST, bytes("""
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(MANIFEST, config,
                String.join(",", descriptors))));
        String named = manifest.substring(0, manifest.length() - 1)
                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}}";
        Files.write(directory.resolve("index.json"), bytes("{\"schemaVersion\":2,\"manifests\":[" + named + "]}"));
        Files.write(directory.resolve("oci-layout"), bytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
        return directory;
    }

    /** Where the blob with this content is. */
    Path blob(byte[] content) {
        return directory.resolve("blobs/sha256").resolve(Digest.sha256(content).hex());
    }

    private String blob(String mediaType, byte[] content) throws IOException {
        Files.write(blob(content), content);
        return """
                {"mediaType":"%s","digest":"%s","size":%d}""".formatted(mediaType, Digest.sha256(content),
                content.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
