package dev.varve.app.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.digest.ChainId;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.path.EntryPath;

/**
 * What is to be done to load an image: everything that its documents say, verified.
 *
 * @param names those that it brings along, normalised
 * @param blobs the archives of its layers, one for each diff ID
 */
record LoadPlan(ImageConfig config, List<String> names, List<LayerBlob> blobs) {
    /**
     * The archive of one layer.
     *
     * @param digest of the archive as it is, where it is known
     */
    record LayerBlob(EntryPath path, Optional<Digest> digest, long size) {}

    LoadPlan {
        names = names.stream().distinct().toList();
        blobs = List.copyOf(blobs);
    }

    /** Reads the documents of the one image that the source holds. */
    static LoadPlan read(ImageSource source) throws VarveException {
        boolean docker = source.find(DockerArchive.MANIFEST).isPresent();
        LoadPlan plan;
        if (source.find(OciLayout.INDEX).isPresent()) {
            OciLayout layout = OciLayout.read(source);
            // Docker since 25 writes both. Its index may list platforms that were not saved.
            plan = docker && !layout.isComplete() ? DockerArchive.plan(source) : layout.plan();
        } else if (docker) {
            plan = DockerArchive.plan(source);
        } else {
            throw new BadDataException("no image in " + source.name() + ": it has neither index.json nor manifest.json",
                    "expected is a docker-save archive or an OCI image layout, its files at the top");
        }
        int diffIds = plan.config.diffIds().size();
        if (plan.blobs.size() != diffIds) {
            throw new BadDataException("image " + plan.config.digest() + " in " + source.name() + " has "
                    + plan.blobs.size() + " layers, but its configuration says " + diffIds, "");
        }
        return plan;
    }

    /** The ids of an image's layers, base first: their chain IDs. */
    static List<LayerId> layerIds(List<DiffId> diffIds) {
        List<LayerId> ids = new ArrayList<>();
        ChainId chain = null;
        for (DiffId diffId : diffIds) {
            chain = chain == null ? ChainId.base(diffId) : chain.with(diffId);
            ids.add(new LayerId(chain.toString()));
        }
        return ids;
    }
}
