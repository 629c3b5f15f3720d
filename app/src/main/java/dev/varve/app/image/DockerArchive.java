package dev.varve.app.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;

/**
 * What {@code docker save} writes, of Docker 1.10 and later: a manifest.json that names the configuration and the
 * layers by their paths (moby, image/tarexport, "manifestItem"). A configuration is verified by the digest in its name,
 * the layers by the diff IDs in the configuration.
 */
final class DockerArchive {
    static final EntryPath MANIFEST = EntryPath.of("manifest.json");
    private static final Pattern CONFIG = Pattern.compile("(?:.*/)?([0-9a-f]{64})(?:\\.json)?");
    private static final Pattern BLOB = Pattern.compile("blobs/sha256/([0-9a-f]{64})");

    private DockerArchive() {}

    static LoadPlan plan(ImageSource source) throws VarveException {
        List<Json> items = Json.parse(source.describe(MANIFEST), source.document(MANIFEST)).items();
        if (items.isEmpty()) {
            throw new BadDataException("no image in " + source.name() + ": its manifest.json lists none", "");
        }
        Set<String> configs = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (Json item : items) {
            configs.add(item.at("Config").text());
            names.addAll(names(item));
        }
        if (configs.size() > 1) {
            throw several(source, List.copyOf(names.isEmpty() ? configs : names), Function.identity());
        }
        Json item = items.getFirst();
        List<LoadPlan.LayerBlob> blobs = new ArrayList<>();
        for (Json layer : item.items("Layers")) {
            EntryPath path = path(layer);
            Matcher blob = BLOB.matcher(path.toString().substring(1));
            blobs.add(new LoadPlan.LayerBlob(path,
                    blob.matches() ? Optional.of(new Digest("sha256", blob.group(1))) : Optional.empty(),
                    source.get(path).size()));
        }
        return new LoadPlan(config(source, item.at("Config")), List.copyOf(names), blobs);
    }

    private static ImageConfig config(ImageSource source, Json named) throws VarveException {
        EntryPath path = path(named);
        Matcher digest = CONFIG.matcher(path.toString().substring(1));
        byte[] bytes = digest.matches() ? source.document(path, new Digest("sha256", digest.group(1)))
                : source.document(path);
        return ImageConfig.parse(source.describe(path), bytes);
    }

    private static List<String> names(Json item) throws BadDataException {
        List<String> names = new ArrayList<>();
        for (Json tag : item.items("RepoTags")) {
            try {
                names.add(ImageName.parse(tag.text()).toString());
            } catch (IllegalArgumentException e) {
                throw tag.error("is no name of an image: " + Json.printable(tag.text()) + ": " + e.getMessage());
            }
        }
        return names;
    }

    private static EntryPath path(Json named) throws VarveException {
        try {
            EntryPath path = EntryPath.ofArchive(named.text().getBytes(StandardCharsets.UTF_8));
            if (path.isRoot()) {
                throw named.error("names no file");
            }
            return path;
        } catch (UnsafePathException e) {
            throw new UnsafePathException(named.message("leads out of the image: " + Json.printable(named.text())));
        }
    }

    /** The error for a source that holds more than one image. @param name asked for of those only that are shown */
    static <T> BadDataException several(ImageSource source, List<T> images, Function<T, String> name) {
        List<String> shown = images.stream().limit(10).map(name).map(Json::printable).toList();
        return new BadDataException(
                source.name() + " holds several images: " + String.join(", ", shown)
                        + (images.size() > shown.size() ? ", …" : ""),
                "split the archive with skopeo copy, and load each");
    }
}
