package dev.varve.app.image;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.change.Comparison;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Commit;
import dev.varve.ports.in.LayerBlob.Written;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.store.Catalogue;

/** Finds out what image a layer would make: its changes, on top of the image that it was made on. Changes nothing. */
final class ImageCommit {
    private static final String BASE_HINT = "make layers for it with `varve layer create --image`";
    private final LayerStore layers;
    private final QuietLayers quiet;
    private final Catalogue catalogue;
    private final ImageRegister register;
    private final Clock clock;

    ImageCommit(LayerStore layers, QuietLayers quiet, Catalogue catalogue, ImageRegister register, Clock clock) {
        this.layers = layers;
        this.quiet = quiet;
        this.catalogue = catalogue;
        this.register = register;
        this.clock = clock;
    }

    /** What is to be made: its topmost layer is the one whose archive is in the spool. */
    record Planned(LoadPlan plan, ImageSource source, List<LayerStore.Omission> omissions) {}

    /**
     * Writes the layer's changes into the spool.
     *
     * @param spool stays open as long as the plan is needed
     * @throws WrongStateException if there is no image below the layer, or more than one with the same layers
     * @throws LayerInUseException if the layer is mounted for writing; meanwhile it cannot be
     */
    Planned plan(LayerId id, ImageName name, Commit how, Spool spool) throws VarveException {
        LayerRecord layer = catalogue.find(id).orElseThrow(() -> new NoSuchLayerException(id));
        ImageRecord base = base(layer, how.base());
        List<LayerId> below = LoadPlan.layerIds(base.diffIds());
        Written written = write(id, below.isEmpty() ? Optional.empty() : Optional.of(below.getLast()), spool);
        byte[] config = ConfigEdit.withLayer(catalogue.imageConfig(base), written.diffId(), clock.instant(),
                how.author(), how.message());
        LoadPlan.LayerBlob blob = new LoadPlan.LayerBlob(SpooledLayer.PATH, Optional.of(written.blob()),
                written.size());
        List<LoadPlan.LayerBlob> blobs = new ArrayList<>();
        for (DiffId lower : base.diffIds()) {
            blobs.add(new LoadPlan.LayerBlob(SpooledLayer.missing(lower), Optional.empty(), 0));
        }
        blobs.add(blob);
        return new Planned(
                new LoadPlan(ImageConfig.parse("the new configuration", config), List.of(name.toString()), blobs),
                new SpooledLayer(id, spool, written.size()), written.omissions());
    }

    private Written write(LayerId id, Optional<LayerId> below, Spool spool) throws VarveException {
        try (QuietLayers.Hold _ = quiet.hold(id); OutputStream out = spool.output()) {
            return layers.diff(id, below, Comparison.METADATA).writeTo(out, Compression.NONE);
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("a spool failed without saying why", e);
        }
    }

    /** The image whose topmost layer is the nearest below the layer that is the top of one. */
    private ImageRecord base(LayerRecord layer, Optional<String> wanted) throws VarveException {
        List<LayerRecord> below = catalogue.parents(layer.number());
        if (wanted.isPresent()) {
            ImageRecord image = register.find(wanted.get()).image();
            if (image.diffIds().isEmpty() ? below.isEmpty()
                    : below.stream().anyMatch(lower -> isTop(image, lower.id()))) {
                return image;
            }
            throw new WrongStateException("layer " + layer.id() + " does not lie on image " + named(image), BASE_HINT);
        }
        List<ImageRecord> images = register.list();
        for (LayerRecord lower : below) {
            List<ImageRecord> fitting = images.stream().filter(image -> isTop(image, lower.id())).toList();
            if (fitting.size() > 1) {
                throw new WrongStateException(
                        "layer " + layer.id() + " lies on layers that several images have: "
                                + String.join(", ", fitting.stream().map(ImageCommit::named).toList()),
                        "say which one with --image");
            }
            if (fitting.size() == 1) {
                return fitting.getFirst();
            }
        }
        throw new WrongStateException("layer " + layer.id() + " has no image below it", BASE_HINT);
    }

    private static boolean isTop(ImageRecord image, LayerId id) {
        return !image.diffIds().isEmpty() && LoadPlan.layerIds(image.diffIds()).getLast().equals(id);
    }

    private static String named(ImageRecord image) {
        return image.names().isEmpty() ? image.config().toString() : image.names().getFirst();
    }
}
