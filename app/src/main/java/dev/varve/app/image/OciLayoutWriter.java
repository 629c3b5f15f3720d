package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import dev.varve.domain.digest.Digest;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.LayerBlob.Written;

/**
 * Writes an image as the OCI image specification, image-layout.md, describes it, and for Docker what {@code docker load}
 * reads besides (moby, image/tarexport). The same bytes for the same image. Call in order: layers, base first, then
 * finish.
 */
public final class OciLayoutWriter {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private final ImageSink sink;
    private final List<Written> layers = new ArrayList<>();
    private final Set<Digest> blobs = new HashSet<>();

    public OciLayoutWriter(ImageSink sink) {
        this.sink = sink;
    }

    /** Adds a layer. Of one that was added before, nothing is read and nothing is written. @param content stays open */
    public void add(Written layer, InputStream content) throws IOException {
        blob(layer.blob(), layer.size(), content);
        layers.add(layer);
    }

    /**
     * Writes what describes the layers, and ends the image.
     *
     * @param config as it is, so that its digest stays the identity of the image
     * @param names  {@code repository:tag}
     * @return the digest of the manifest
     */
    public Digest finish(Digest configDigest, byte[] config, List<String> names, Format format) throws IOException {
        blob(configDigest, config.length, new ByteArrayInputStream(config));
        byte[] manifest = document(o -> {
            o.writeNumberProperty("schemaVersion", 2);
            o.writeStringProperty("mediaType", MANIFEST);
            o.writeObjectPropertyStart("config");
            descriptor(o, CONFIG, configDigest, config.length);
            o.writeEndObject();
            o.writeArrayPropertyStart("layers");
            for (Written layer : layers) {
                o.writeStartObject();
                descriptor(o, layer.compression().mediaType(), layer.blob(), layer.size());
                o.writeEndObject();
            }
            o.writeEndArray();
        });
        Digest digest = Digest.sha256(manifest);
        blob(digest, manifest.length, new ByteArrayInputStream(manifest));
        put("index.json", index(digest, manifest.length, names.stream().map(ImageName::parse).toList()));
        if (format == Format.DOCKER) {
            put("manifest.json", dockerManifest(configDigest, names));
        }
        put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
        sink.finish();
        return digest;
    }

    /** One manifest for each name, with both annotations that tools look for names in, as Docker and containerd write them. */
    private static byte[] index(Digest manifest, long size, List<ImageName> names) {
        return document(o -> {
            o.writeNumberProperty("schemaVersion", 2);
            o.writeStringProperty("mediaType", INDEX);
            o.writeArrayPropertyStart("manifests");
            if (names.isEmpty()) {
                o.writeStartObject();
                descriptor(o, MANIFEST, manifest, size);
                o.writeEndObject();
            }
            for (ImageName name : names) {
                o.writeStartObject();
                descriptor(o, MANIFEST, manifest, size);
                o.writeObjectPropertyStart("annotations");
                o.writeStringProperty("io.containerd.image.name", name.canonical());
                o.writeStringProperty("org.opencontainers.image.ref.name", name.tag());
                o.writeEndObject();
                o.writeEndObject();
            }
            o.writeEndArray();
        });
    }

    private byte[] dockerManifest(Digest config, List<String> names) {
        byte[] object = document(o -> {
            o.writeStringProperty("Config", path(config));
            o.writeArrayPropertyStart("RepoTags");
            names.forEach(o::writeString);
            o.writeEndArray();
            o.writeArrayPropertyStart("Layers");
            layers.forEach(layer -> o.writeString(path(layer.blob())));
            o.writeEndArray();
        });
        return ("[" + new String(object, StandardCharsets.UTF_8) + "]").getBytes(StandardCharsets.UTF_8);
    }

    private static void descriptor(JsonGenerator out, String mediaType, Digest digest, long size) {
        out.writeStringProperty("mediaType", mediaType);
        out.writeStringProperty("digest", digest.toString());
        out.writeNumberProperty("size", size);
    }

    private static byte[] document(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            generator.writeStartObject();
            content.accept(generator);
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    private void blob(Digest digest, long size, InputStream content) throws IOException {
        if (blobs.add(digest)) {
            sink.put(path(digest), size, content);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        sink.put(name, content.length, new ByteArrayInputStream(content));
    }
}
