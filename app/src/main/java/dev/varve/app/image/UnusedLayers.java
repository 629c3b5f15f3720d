package dev.varve.app.image;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.LayerInfo;
import dev.varve.ports.store.Catalogue;

/** Finds and removes layers that no image needs any more. */
final class UnusedLayers {
    private final LayerStore layers;
    private final LayerRemoval removal;
    private final Catalogue catalogue;

    UnusedLayers(LayerStore layers, LayerRemoval removal, Catalogue catalogue) {
        this.layers = layers;
        this.removal = removal;
        this.catalogue = catalogue;
    }

    /**
     * The layers that would be of no use without this image, top first: down to one that another image or layer needs.
     *
     * @throws LayerInUseException if one of them is held
     */
    List<LayerId> without(ImageRecord image) throws VarveException {
        List<ImageRecord> others = catalogue.images().stream().filter(i -> !i.config().equals(image.config())).toList();
        Map<Digest, Set<LayerId>> chains = new HashMap<>();
        List<LayerId> unused = new ArrayList<>();
        int children = 0;
        for (LayerId id : LoadPlan.layerIds(image.diffIds()).reversed()) {
            if (!layers.exists(id)) {
                children = 0;
                continue;
            }
            LayerInfo info = layers.inspect(id);
            if (use(others, id, chains) || info.children() > children) {
                break;
            }
            if (info.leases() > 0) {
                throw new LayerInUseException(id, info.leases() == 1 ? "one lease" : info.leases() + " leases",
                        "unmount it first: varve layer umount; nothing was removed");
            }
            unused.add(id);
            children = 1;
        }
        return unused;
    }

    /**
     * Removes the layers in this order, and ends at the first that something uses by now. The catalogue is kept to
     * itself for one layer at a time, so that no image can come to need a layer while it goes; its files are deleted when
     * others can use the store again.
     *
     * @return those that were removed, whatever became of their files
     */
    List<LayerId> remove(List<LayerId> topFirst) throws VarveException {
        List<LayerId> removed = new ArrayList<>();
        Map<Digest, Set<LayerId>> chains = new HashMap<>();
        for (LayerId id : topFirst) {
            Optional<LayerRemoval.Deletion> deletion;
            try {
                deletion = catalogue.exclusively(
                        () -> use(catalogue.images(), id, chains) ? Optional.empty() : Optional.of(removal.retire(id)));
            } catch (NoSuchLayerException e) {
                continue;
            } catch (LayerInUseException e) {
                break;
            }
            if (deletion.isEmpty()) {
                break;
            }
            removed.add(id);
            delete(deletion.get());
        }
        return removed;
    }

    private static void delete(LayerRemoval.Deletion deletion) {
        try {
            deletion.run();
        } catch (VarveException e) {
            // The layer is gone all the same. The next opening of the store tries again, and tells if that fails, too.
        }
    }

    /** @param chains the layers of images, which are computed once */
    private static boolean use(List<ImageRecord> images, LayerId id, Map<Digest, Set<LayerId>> chains) {
        return images.stream()
                .anyMatch(image -> chains
                        .computeIfAbsent(image.config(), key -> Set.copyOf(LoadPlan.layerIds(image.diffIds())))
                        .contains(id));
    }
}
