package dev.varve.app.image;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.ports.store.Catalogue;

/**
 * The images of the catalogue and their names. A name belongs to one image; only a crash between the two writes of
 * {@link #put} leaves it with two, and then it means the one that was loaded last.
 */
final class ImageRegister {
    private static final Pattern BEGINNING = Pattern.compile("(?:sha256:)?([0-9a-f]{4,64})");
    private static final int SHOWN = 10;
    private final Catalogue catalogue;
    private final Clock clock;

    ImageRegister(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /** What was found, and the name it was found by; empty if it was found by its digest. */
    record Found(ImageRecord image, Optional<String> name) {}

    /** By first name, those without a name last, then by digest. */
    List<ImageRecord> list() throws VarveException {
        Comparator<ImageRecord> byName = Comparator.comparing(image -> image.names().isEmpty());
        return catalogue.images()
                .stream()
                .sorted(byName.thenComparing(image -> image.names().isEmpty() ? "" : image.names().getFirst())
                        .thenComparing(ImageRecord::config))
                .toList();
    }

    /**
     * A whole digest comes before a name, and a name before the beginning of a digest.
     *
     * @throws NoSuchImageException if there is none, or the beginning fits several
     */
    Found find(String reference) throws VarveException {
        List<ImageRecord> images = list();
        Optional<Digest> digest = ImageName.digest(reference);
        if (digest.isPresent()) {
            return images.stream()
                    .filter(image -> image.config().equals(digest.get()))
                    .findFirst()
                    .map(image -> new Found(image, Optional.empty()))
                    .orElseThrow(() -> none(reference));
        }
        Optional<String> name = ImageName.find(reference).map(ImageName::toString);
        Optional<ImageRecord> named = name.flatMap(n -> images.stream()
                .filter(image -> image.names().contains(n))
                .max(Comparator.comparing(ImageRecord::created)));
        if (named.isPresent()) {
            return new Found(named.get(), name);
        }
        var digits = BEGINNING.matcher(reference.toLowerCase(Locale.ROOT));
        List<ImageRecord> fitting = digits.matches()
                ? images.stream().filter(image -> image.config().hex().startsWith(digits.group(1))).toList()
                : List.of();
        if (fitting.size() > 1) {
            throw new NoSuchImageException(Json.printable(reference) + " is the beginning of several digests: "
                    + String.join(", ", fitting.stream().limit(SHOWN).map(ImageRegister::describe).toList())
                    + (fitting.size() > SHOWN ? ", …" : ""), "give more digits");
        }
        return fitting.stream()
                .findFirst()
                .map(image -> new Found(image, Optional.empty()))
                .orElseThrow(() -> none(reference));
    }

    private static NoSuchImageException none(String reference) {
        return new NoSuchImageException("no such image: " + Json.printable(reference),
                "`varve image ls` lists the images of this store");
    }

    private static String describe(ImageRecord image) {
        return image.config() + (image.names().isEmpty() ? "" : " (" + String.join(", ", image.names()) + ")");
    }

    /**
     * Adds the image, or the names to the image that is there, and takes the names from others. If it fails the
     * catalogue is as it was. To be called within {@link Catalogue#exclusively}.
     */
    ImageRecord put(ImageConfig config, List<String> names, Optional<LayerNumber> top) throws VarveException {
        List<ImageRecord> before = catalogue.images();
        Optional<ImageRecord> same = before.stream().filter(i -> i.config().equals(config.digest())).findFirst();
        List<String> all = new ArrayList<>(names);
        same.ifPresent(image -> all.addAll(image.names()));
        ImageRecord image = new ImageRecord(config.digest(), all, config.diffIds(), top.orElse(null), clock.instant());
        List<ImageRecord> changed = new ArrayList<>();
        catalogue.putImage(image, config.bytes());
        try {
            for (ImageRecord other : before) {
                if (!other.config().equals(image.config()) && other.names().stream().anyMatch(names::contains)) {
                    changed.add(other);
                    putNames(other, other.names().stream().filter(n -> !names.contains(n)).toList());
                }
            }
            return image;
        } catch (VarveException e) {
            undo(image, same, config, changed, e);
            throw e;
        }
    }

    private void undo(ImageRecord image, Optional<ImageRecord> same, ImageConfig config, List<ImageRecord> changed,
            VarveException cause) {
        try {
            if (same.isPresent()) {
                catalogue.putImage(same.get(), config.bytes());
            } else {
                catalogue.removeImage(image);
            }
            for (ImageRecord other : changed) {
                putNames(other, other.names());
            }
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    /** Gives the image these names and no others. */
    void putNames(ImageRecord image, List<String> names) throws VarveException {
        catalogue.putImage(image.withNames(names), catalogue.imageConfig(image));
    }

    void remove(ImageRecord image) throws VarveException {
        catalogue.removeImage(image);
    }
}
