package dev.varve.domain.layer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;

/**
 * An image of the store. Its layers are records of the catalogue whose ids are the chain IDs.
 *
 * @param config  the digest of the image's configuration, which is the identity of the image
 * @param names   the names that were given to it, {@code name:tag}, in order
 * @param diffIds the layers of the image, base first
 * @param top     the layer that has all the others below it; absent for an image without layers
 * @param created when it was loaded
 */
public record ImageRecord(Digest config, List<String> names, List<DiffId> diffIds, @Nullable LayerNumber top,
        Instant created) {
    public ImageRecord {
        names = names.stream().distinct().sorted().toList();
        diffIds = List.copyOf(diffIds);
    }

    public Optional<LayerNumber> topLayer() {
        return Optional.ofNullable(top);
    }

    public ImageRecord withNames(List<String> others) {
        return new ImageRecord(config, others, diffIds, top, created);
    }
}
