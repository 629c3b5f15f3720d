package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.ports.in.Images.Progress;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.store.Catalogue;

/** Fills the layers of one image that the store does not have yet. */
final class LayerLoading {
    private final LayerStore layers;
    private final Catalogue catalogue;
    private final ImageSource source;
    private final LoadPlan plan;
    private final Progress progress;
    private final List<LayerId> ids;
    private final List<LayerId> applied = new ArrayList<>();
    private final List<LayerStore.Omission> omissions = new ArrayList<>();

    LayerLoading(LayerStore layers, Catalogue catalogue, ImageSource source, LoadPlan plan, Progress progress) {
        this.layers = layers;
        this.catalogue = catalogue;
        this.source = source;
        this.plan = plan;
        this.progress = progress;
        this.ids = LoadPlan.layerIds(plan.config().diffIds());
    }

    /** Base first. */
    List<LayerId> ids() {
        return ids;
    }

    /** What this made so far, in that order. */
    List<LayerId> applied() {
        return applied;
    }

    List<LayerStore.Omission> omissions() {
        return omissions;
    }

    /**
     * Applies the missing layers, base first. May be called again when another process took some away.
     *
     * @throws dev.varve.domain.error.NoSuchLayerException if another process took the layer below away meanwhile
     * @throws dev.varve.domain.error.LayerInUseException  if one is about to
     */
    void applyMissing() throws VarveException {
        for (int i = 0; i < ids.size(); i++) {
            if (!isThere(i)) {
                apply(i);
            }
        }
    }

    /** Whether all are there. @throws WrongStateException if one is not what the image says */
    boolean isComplete() throws VarveException {
        for (int i = 0; i < ids.size(); i++) {
            if (!isThere(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean isThere(int i) throws VarveException {
        Optional<LayerRecord> found = catalogue.find(ids.get(i));
        if (found.isEmpty()) {
            return false;
        }
        DiffId expected = plan.config().diffIds().get(i);
        if (found.get().kind() != LayerKind.COMMITTED || !found.get().diffId().equals(Optional.of(expected))) {
            throw new WrongStateException(
                    "layer " + ids.get(i) + " has the chain ID of a layer of the image as its id, but"
                            + " was not made from that layer's archive",
                    "remove that layer, then load the image again");
        }
        return true;
    }

    private void apply(int i) throws VarveException {
        LoadPlan.LayerBlob blob = plan.blobs().get(i);
        DiffId diffId = plan.config().diffIds().get(i);
        Digest digest = blob.digest().orElse(diffId.digest());
        String which = "layer " + (i + 1) + "/" + ids.size() + " ";
        String what = which + digest + " of " + source.name();
        // Short enough for one line of a terminal.
        String shown = which + digest.algorithm() + ":" + digest.hex().substring(0, 12);
        Optional<LayerId> parent = i == 0 ? Optional.empty() : Optional.of(ids.get(i - 1));
        try (InputStream in = source.get(blob.path()).open()) {
            LayerStore.Applied made = layers.apply(ids.get(i), parent,
                    new ProgressStream(in, progress, shown, blob.size()),
                    new LayerStore.Expected(blob.digest(), Optional.of(diffId)));
            applied.add(ids.get(i));
            omissions.addAll(made.omissions());
        } catch (LayerExistsException e) {
            // Another process was faster; what it made is checked like any layer that was there before.
            if (!isThere(i)) {
                throw e;
            }
        } catch (BadDataException e) {
            throw new BadDataException(what + ": " + e.getMessage(), e.hint().orElse(""), e);
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new BadDataException(what + " cannot be read: " + e, "", e);
        }
    }
}
