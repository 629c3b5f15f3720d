package dev.varve.app.image;

import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;

/**
 * The configuration of an image, as its bytes and what of it matters here (OCI image specification, config.md).
 *
 * @param digest  of the bytes: the identity of the image
 * @param diffIds {@code rootfs.diff_ids}, base first
 */
record ImageConfig(Digest digest, byte[] bytes, List<DiffId> diffIds) {
    ImageConfig {
        diffIds = List.copyOf(diffIds);
    }

    /** @param document what the bytes are, for messages */
    static ImageConfig parse(String document, byte[] bytes) throws BadDataException {
        Json rootfs = Json.parse(document, bytes).at("rootfs");
        Json type = rootfs.find("type").orElse(null);
        if (type != null && !type.text().equals("layers")) {
            throw type.error("is not \"layers\"");
        }
        List<DiffId> diffIds = new ArrayList<>();
        for (Json item : rootfs.items("diff_ids")) {
            diffIds.add(new DiffId(item.digest()));
        }
        return new ImageConfig(Digest.sha256(bytes), bytes, diffIds);
    }
}
