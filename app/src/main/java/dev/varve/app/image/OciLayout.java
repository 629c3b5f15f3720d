package dev.varve.app.image;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;

/**
 * An OCI image layout (OCI image specification 1.1, image-layout.md, image-index.md, manifest.md). Where an index lists
 * an image for several platforms, the one for Linux and this architecture is taken, else the only one that is there.
 * What an index lists of types that are not known is passed over: it "MUST NOT generate an error" (image-index.md).
 */
final class OciLayout {
    static final EntryPath INDEX = EntryPath.of("index.json");
    private static final EntryPath MARKER = EntryPath.of("oci-layout");
    private static final Set<String> LISTED = Stream.concat(MediaTypes.INDEX.stream(), MediaTypes.MANIFEST.stream())
            .collect(Collectors.toUnmodifiableSet());

    private final ImageSource source;
    private final List<Descriptor> top;
    /** Types of what an index listed and what was passed over. */
    private final Set<String> unknown = new TreeSet<>();
    /** The manifests that are there. */
    private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    /** The indexes that list what is there, other than index.json. */
    private final Map<Digest, Set<Digest>> listedBy = new HashMap<>();
    /** The names that index.json gives; what an index lists has those of the index, too. */
    private final Map<Digest, Set<String>> topNames = new HashMap<>();
    private boolean complete = true;

    private OciLayout(ImageSource source) throws VarveException {
        this.source = source;
        this.top = listed(source.describe(INDEX), source.document(INDEX), "");
    }

    static OciLayout read(ImageSource source) throws VarveException {
        if (source.find(MARKER).isPresent()) {
            Json version = Json.parse(source.describe(MARKER), source.document(MARKER)).at("imageLayoutVersion");
            if (!version.text().startsWith("1.")) {
                throw version.error("is an unknown version: " + Json.printable(version.text()));
            }
        }
        OciLayout layout = new OciLayout(source);
        layout.collect();
        return layout;
    }

    /** The images that an index lists. */
    private List<Descriptor> listed(String document, byte[] bytes, String mediaType) throws BadDataException {
        Json index = parsed(document, bytes, mediaType);
        List<Descriptor> list = new ArrayList<>();
        for (Json item : index.at("manifests").items()) {
            Optional<String> other = otherThanImage(item);
            if (other.isPresent()) {
                unknown.add(other.get());
                continue;
            }
            Descriptor descriptor = Descriptor.parse(item);
            if (descriptor.image()) {
                list.add(descriptor);
            }
        }
        return list;
    }

    /** The type of what is listed, if that can be no image. Nothing else of it is looked at. */
    private static Optional<String> otherThanImage(Json item) throws BadDataException {
        String type = item.at("mediaType").text();
        if (!LISTED.contains(type)) {
            return Optional.of(type);
        }
        Optional<Json> artifact = item.find("artifactType"); // of an image the type of its configuration (descriptor.md)
        return artifact.isEmpty() || MediaTypes.CONFIG.contains(artifact.get().text()) ? Optional.empty()
                : Optional.of(artifact.get().text());
    }

    /**
     * An index or a manifest. It must say of itself what was said of it, and must not be both: readers would disagree
     * (image-spec security advisory GHSA-77vh-xpmg-72qh).
     */
    private static Json parsed(String document, byte[] bytes, String mediaType) throws BadDataException {
        Json json = Json.parse(document, bytes);
        if (json.at("schemaVersion").size() != 2) {
            throw json.at("schemaVersion").error("is not 2");
        }
        Optional<Json> own = json.find("mediaType");
        if (own.isPresent() && !mediaType.isEmpty() && !own.get().text().equals(mediaType)) {
            throw own.get().error("is " + Json.printable(own.get().text()) + ", but it was listed as " + mediaType);
        }
        if (json.find("manifests").isPresent()
                && (json.find("layers").isPresent() || json.find("config").isPresent())) {
            throw json.error("is both an index and a manifest");
        }
        return json;
    }

    private void collect() throws VarveException {
        Deque<Descriptor> open = new ArrayDeque<>();
        Set<Digest> seen = new HashSet<>();
        for (Descriptor d : top) {
            topNames.computeIfAbsent(d.digest(), key -> new LinkedHashSet<>()).addAll(d.names());
            if (isThere(d)) {
                open.add(d);
            } else {
                complete = false;
            }
        }
        while (!open.isEmpty()) {
            Descriptor d = open.remove();
            if (!d.isIndex()) {
                manifests.merge(d.digest(), d, (one, other) -> one.platform().isPresent() ? one : other);
            } else if (seen.add(d.digest())) {
                for (Descriptor child : listed(source.describe(d.path()), verified(d), d.mediaType())) {
                    if (isThere(child)) {
                        listedBy.computeIfAbsent(child.digest(), key -> new LinkedHashSet<>()).add(d.digest());
                        open.add(child);
                    }
                }
            }
        }
    }

    private boolean isThere(Descriptor d) throws VarveException {
        return source.find(d.path()).isPresent();
    }

    /**
     * The names of a manifest: its own, and those of the indexes that it is in. Gathered for the few that are asked for,
     * as a layout may have many names and many manifests, and each manifest all of the names.
     */
    private List<String> names(Descriptor manifest) {
        Set<String> names = new LinkedHashSet<>();
        Set<Digest> seen = new HashSet<>(Set.of(manifest.digest()));
        Deque<Digest> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Digest at = open.remove();
            names.addAll(topNames.getOrDefault(at, Set.of()));
            for (Digest index : listedBy.getOrDefault(at, Set.of())) {
                if (seen.add(index)) {
                    open.add(index);
                }
            }
        }
        return List.copyOf(names);
    }

    /** Whether all that index.json lists is there, and an image among it. */
    boolean isComplete() {
        return complete && !manifests.isEmpty();
    }

    LoadPlan plan() throws VarveException {
        for (Descriptor d : top) {
            source.get(d.path());
        }
        Descriptor chosen = choose(List.copyOf(manifests.values()));
        Json manifest = parsed(source.describe(chosen.path()), verified(chosen), chosen.mediaType());
        Descriptor config = Descriptor.parse(manifest.at("config"), MediaTypes.CONFIG);
        List<LoadPlan.LayerBlob> blobs = new ArrayList<>();
        for (Json item : manifest.items("layers")) {
            Descriptor layer = Descriptor.parse(item, MediaTypes.LAYER);
            checkSize(layer);
            blobs.add(new LoadPlan.LayerBlob(layer.path(), Optional.of(layer.digest()), layer.size()));
        }
        return new LoadPlan(ImageConfig.parse(source.describe(config.path()), verified(config)), names(chosen), blobs);
    }

    private Descriptor choose(List<Descriptor> images) throws BadDataException {
        if (images.size() == 1) {
            return images.getFirst();
        }
        if (images.isEmpty()) {
            String others = unknown.stream().limit(3).map(Json::printable).collect(Collectors.joining(", "));
            throw new BadDataException("no image in " + source.name() + ": its index lists none that is there"
                    + (others.isEmpty() ? "" : ", only what is of unknown media types: " + others), "");
        }
        if (images.stream().anyMatch(d -> d.platform().isEmpty())) {
            throw several(images);
        }
        List<Descriptor> fitting = images.stream().filter(d -> d.platform().orElseThrow().isHost()).toList();
        if (fitting.isEmpty()) {
            throw new BadDataException(
                    "no image in " + source.name() + " is for linux/" + Descriptor.Platform.hostArchitecture()
                            + ", but for "
                            + images.stream()
                                    .map(d -> d.platform().orElseThrow().toString())
                                    .distinct()
                                    .collect(Collectors.joining(", ")),
                    "split the archive with skopeo copy --override-arch, and load the platform you want");
        }
        List<Descriptor> baseline = fitting.stream().filter(d -> d.platform().orElseThrow().isBaseline()).toList();
        List<Descriptor> left = baseline.isEmpty() ? fitting : baseline;
        if (left.size() > 1) {
            throw several(left);
        }
        return left.getFirst();
    }

    private BadDataException several(List<Descriptor> images) {
        return DockerArchive.several(source, images, d -> {
            List<String> own = names(d);
            return own.isEmpty() ? d.digest().toString() : String.join(" and ", own);
        });
    }

    private byte[] verified(Descriptor d) throws VarveException {
        checkSize(d);
        return source.document(d.path(), d.digest());
    }

    private void checkSize(Descriptor d) throws VarveException {
        long actual = source.get(d.path()).size();
        if (actual != d.size()) {
            throw new BadDataException(
                    source.describe(d.path()) + " has " + actual + " bytes, not the " + d.size() + " of its descriptor",
                    "the image was damaged or cut off; save or download it again");
        }
    }
}
