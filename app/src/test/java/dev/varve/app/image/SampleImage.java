package dev.varve.app.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.Compression;

/** An image whose layers hold one file each, in every form that images come in. */
record SampleImage(List<byte[]> layers, String architecture) {
    static final Archives ARCHIVES = ServiceLoader.load(Archives.class).findFirst().orElseThrow();
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String CONFIG = "application/vnd.oci.image.config.v1+json";

    /** @param contents of the file of each layer, base first */
    static SampleImage of(String... contents) {
        List<byte[]> layers = new ArrayList<>();
        for (String content : contents) {
            layers.add(new ImageFiles().file("file" + layers.size(), content).tar());
        }
        return new SampleImage(layers, "amd64");
    }

    SampleImage forArchitecture(String other) {
        return new SampleImage(layers, other);
    }

    List<DiffId> diffIds() {
        return layers.stream().map(layer -> new DiffId(Digest.sha256(layer))).toList();
    }

    List<LayerId> layerIds() {
        return LoadPlan.layerIds(diffIds());
    }

    byte[] config() {
        return config(diffIds());
    }

    byte[] config(List<DiffId> diffIds) {
        String ids = diffIds.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        return ("{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=b\"],\"Labels\":null},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]},\"history\":[{\"created\":1.5e3,\"x\":true}]}")
                .formatted(architecture, ids)
                .getBytes(StandardCharsets.UTF_8);
    }

    Digest digest() {
        return Digest.sha256(config());
    }

    /** The descriptor of the image's manifest, which is added to the files with all that it names. */
    String addTo(ImageFiles files, Compression compression, String more) {
        List<String> descriptors = new ArrayList<>();
        for (byte[] layer : layers) {
            descriptors.add(files.blob(compression.mediaType(), compress(layer, compression), ""));
        }
        return files.blob(MANIFEST, manifest(files.blob(CONFIG, config(), ""), descriptors), more);
    }

    static byte[] manifest(String config, List<String> layers) {
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":" + config + ",\"layers\":["
                + String.join(",", layers) + "]}").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] index(String... manifests) {
        return ("{\"schemaVersion\":2,\"manifests\":[" + String.join(",", manifests) + "]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    static String named(String annotation, String name) {
        return ",\"annotations\":{\"" + annotation + "\":\"" + name + "\"}";
    }

    static String refName(String name) {
        return named("org.opencontainers.image.ref.name", name);
    }

    static ImageFiles layout(ImageFiles files, String... manifests) {
        return files.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}").file("index.json", index(manifests));
    }

    ImageFiles oci(String refName, Compression compression) {
        ImageFiles files = new ImageFiles();
        return layout(files, addTo(files, compression, refName.isEmpty() ? "" : refName(refName)));
    }

    ImageFiles oci(String refName) {
        return oci(refName, Compression.GZIP);
    }

    /** As skopeo and Docker until 20.10 write it. */
    ImageFiles docker(String... names) {
        ImageFiles files = new ImageFiles();
        List<String> paths = new ArrayList<>();
        for (byte[] layer : layers) {
            paths.add(Digest.sha256(layer).hex() + "/layer.tar");
            files.file(paths.getLast(), layer);
        }
        files.file(digest().hex() + ".json", config());
        return files.file("manifest.json", "[" + dockerItem(digest().hex() + ".json", paths, names) + "]");
    }

    static String dockerItem(String config, List<String> layers, String... names) {
        return "{\"Config\":\"%s\",\"RepoTags\":%s,\"Layers\":%s}".formatted(config,
                names.length == 0 ? "null" : array(List.of(names)), array(layers));
    }

    private static String array(List<String> items) {
        return items.stream().map(i -> "\"" + i + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    static byte[] compress(byte[] bytes, Compression compression) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = ARCHIVES.compress(out, compression)) {
            compressed.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
