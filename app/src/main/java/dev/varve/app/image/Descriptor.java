package dev.varve.app.image;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.path.EntryPath;

/**
 * What a document says of another one, or of a layer (OCI image specification, descriptor.md).
 *
 * @param names    that its annotations give
 * @param platform that it is for, where that is said
 * @param image    whether it can be an image: attestations, which BuildKit lists beside images, are none
 */
record Descriptor(String mediaType, Digest digest, long size, List<String> names, Optional<Platform> platform,
        boolean image) {
    /** @param variant of the architecture, or "" */
    record Platform(String os, String architecture, String variant) {
        boolean isHost() {
            return os.equals("linux") && architecture.equals(hostArchitecture());
        }

        /** Whether every processor of the architecture can run it. */
        boolean isBaseline() {
            return variant.isEmpty() || variant.equals("v1") && architecture.equals("amd64")
                    || variant.equals("v8") && architecture.equals("arm64");
        }

        static String hostArchitecture() {
            String arch = System.getProperty("os.arch");
            return arch.equals("x86_64") ? "amd64" : arch.equals("aarch64") ? "arm64" : arch;
        }

        @Override
        public String toString() {
            return Json.printable(os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant));
        }
    }

    /** @throws BadDataException if the media type is not one of those */
    static Descriptor parse(Json json, Set<String> mediaTypes) throws BadDataException {
        Descriptor descriptor = parse(json);
        if (!mediaTypes.contains(descriptor.mediaType)) {
            throw json.at("mediaType").error("is an unknown media type: " + Json.printable(descriptor.mediaType));
        }
        return descriptor;
    }

    static Descriptor parse(Json json) throws BadDataException {
        Optional<Platform> platform = Optional.empty();
        Optional<Json> said = json.find("platform");
        if (said.isPresent()) {
            platform = Optional.of(new Platform(text(said.get(), "os"), text(said.get(), "architecture"),
                    text(said.get(), "variant")));
        }
        Optional<Json> annotations = json.find("annotations");
        boolean attestation = annotations.isPresent()
                && text(annotations.get(), "vnd.docker.reference.type").equals("attestation-manifest");
        return new Descriptor(json.at("mediaType").text(), json.at("digest").digest(), json.at("size").size(),
                annotations.isPresent() ? names(annotations.get()) : List.of(), platform, !attestation);
    }

    private static List<String> names(Json annotations) throws BadDataException {
        // Docker and containerd put the whole name here, and only the tag into the name that the specification has.
        String whole = text(annotations, "io.containerd.image.name");
        String name = whole.isEmpty() ? text(annotations, "org.opencontainers.image.ref.name") : whole;
        return ImageName.find(name).map(n -> List.of(n.toString())).orElse(List.of());
    }

    private static String text(Json object, String member) throws BadDataException {
        Optional<Json> found = object.find(member);
        return found.isPresent() ? found.get().text() : "";
    }

    boolean isIndex() {
        return MediaTypes.INDEX.contains(mediaType);
    }

    /** Where an image layout keeps it (image-layout.md, "Blobs"). */
    EntryPath path() {
        return EntryPath.of("blobs/" + digest.algorithm() + "/" + digest.hex());
    }
}
