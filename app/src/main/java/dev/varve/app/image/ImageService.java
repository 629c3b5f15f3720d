package dev.varve.app.image;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.varve.app.service.HostFailure;
import dev.varve.app.service.HostOutput;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.store.Catalogue;

/**
 * Loads images and keeps track of them. All that an image's documents say is verified before the first layer is
 * applied; the image is put into the catalogue after the last. The catalogue is kept to itself for moments only, so an
 * image may lose layers to another process while it is loaded: what is missing at the end is applied again.
 *
 * <p>
 * An archive that holds more than one image is refused. Names are those of {@link ImageName}; an image that brings none
 * along is found by its digest.
 */
public final class ImageService implements Images {
    private static final int ATTEMPTS = 3;
    private final LayerStore layers;
    private final QuietLayers quiet;
    private final Catalogue catalogue;
    private final Archives archives;
    private final StagingArea staging;
    private final ImageRegister register;
    private final UnusedLayers unused;
    private final Clock clock;

    public ImageService(LayerStore layers, QuietLayers quiet, LayerRemoval removal, Catalogue catalogue,
            Archives archives, StagingArea staging, Clock clock) {
        this.layers = layers;
        this.quiet = quiet;
        this.catalogue = catalogue;
        this.archives = archives;
        this.staging = staging;
        this.register = new ImageRegister(catalogue, clock);
        this.clock = clock;
        this.unused = new UnusedLayers(layers, removal, catalogue);
    }

    /** An image as the port shows it. */
    private record LoadedImage(ImageRecord record, List<LayerId> layers,
            List<LayerStore.Omission> omissions) implements Image {
        LoadedImage {
            omissions = List.copyOf(omissions);
        }

        static LoadedImage of(ImageRecord record, List<LayerStore.Omission> omissions) {
            return new LoadedImage(record, LoadPlan.layerIds(record.diffIds()), omissions);
        }

        @Override
        public Digest digest() {
            return record.config();
        }

        @Override
        public List<String> names() {
            return record.names();
        }

        @Override
        public List<DiffId> diffIds() {
            return record.diffIds();
        }

        @Override
        public LayerId top() {
            if (layers.isEmpty()) {
                throw new IllegalStateException("image " + record.config() + " has no layers");
            }
            return layers.getLast();
        }
    }

    @Override
    public Image load(Path source, Optional<String> name, Progress progress) throws VarveException {
        Optional<ImageName> given = given(name);
        if (Files.isDirectory(source)) {
            try (ImageSource directory = new DirectorySource(source)) {
                return loadFrom(directory, given, progress);
            }
        }
        try (InputStream in = DirectorySource.open(source)) {
            return loadTar(Json.printable(source.toString()), in, source.toFile().length(), given, progress);
        } catch (VarveException e) {
            throw e;
        } catch (java.io.IOException e) {
            throw new BadDataException("cannot close " + Json.printable(source.toString()) + ": " + e, "", e);
        }
    }

    @Override
    public Image load(InputStream source, Optional<String> name, Progress progress) throws VarveException {
        return loadTar("the stream", source, 0, given(name), progress);
    }

    private static Optional<ImageName> given(Optional<String> name) throws BadDataException {
        return name.isEmpty() ? Optional.empty() : Optional.of(given(name.get()));
    }

    private static ImageName given(String name) throws BadDataException {
        try {
            return ImageName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new BadDataException("not a name for an image: " + Json.printable(name) + ": " + e.getMessage(),
                    "names look like debian, debian:12 or registry.example:5000/team/app:1.0", e);
        }
    }

    private Image loadTar(String what, InputStream tar, long length, Optional<ImageName> name, Progress progress)
            throws VarveException {
        InputStream counted = new ProgressStream(tar, progress, "archive " + what, length);
        try (ImageSource source = SpooledTarSource.read(what, counted, archives, staging)) {
            return loadFrom(source, name, progress);
        }
    }

    private Image loadFrom(ImageSource source, Optional<ImageName> name, Progress progress) throws VarveException {
        LoadPlan plan = LoadPlan.read(source);
        List<String> names = name.isPresent() ? List.of(name.get().toString()) : plan.names();
        return make(new LoadPlan(plan.config(), names, plan.blobs()), source, List.of(), progress);
    }

    /** @param known what was left out already */
    private Image make(LoadPlan plan, ImageSource source, List<LayerStore.Omission> known, Progress progress)
            throws VarveException {
        LayerLoading loading = new LayerLoading(layers, catalogue, source, plan, progress);
        try {
            ImageRecord record = complete(plan.config(), plan.names(), loading);
            return LoadedImage.of(record, Stream.concat(known.stream(), loading.omissions().stream()).toList());
        } catch (VarveException | RuntimeException | Error e) {
            try {
                unused.remove(loading.applied().reversed());
            } catch (VarveException | RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private ImageRecord complete(ImageConfig config, List<String> names, LayerLoading loading) throws VarveException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                loading.applyMissing();
            } catch (NoSuchLayerException | LayerInUseException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                continue;
            }
            Optional<ImageRecord> done = catalogue.exclusively(
                    () -> loading.isComplete() ? Optional.of(register.put(config, names, top(loading.ids())))
                            : Optional.empty());
            if (done.isPresent()) {
                return done.get();
            }
        }
        throw new WrongStateException("image " + config.digest() + " was loaded " + ATTEMPTS
                + " times, but each time another process removed layers of it meanwhile", "try again");
    }

    private Optional<LayerNumber> top(List<LayerId> ids) throws VarveException {
        return ids.isEmpty() ? Optional.empty() : catalogue.find(ids.getLast()).map(LayerRecord::number);
    }

    @Override
    public List<Image> list() throws VarveException {
        return register.list().stream().<Image>map(image -> LoadedImage.of(image, List.of())).toList();
    }

    @Override
    public Image find(String reference) throws VarveException {
        return LoadedImage.of(register.find(reference).image(), List.of());
    }

    @Override
    public Image commit(LayerId layer, String name, Commit how) throws VarveException {
        ImageName given = given(name);
        try (Spool spool = new Spool(staging)) {
            ImageCommit.Planned planned = new ImageCommit(layers, quiet, catalogue, register, clock).plan(layer, given,
                    how, spool);
            return make(planned.plan(), planned.source(), planned.omissions(), Progress.NONE);
        }
    }

    @Override
    public Saved save(String reference, Target target, Format format, Compression compression, Progress progress)
            throws VarveException {
        ImageRegister.Found found = register.find(reference);
        byte[] config = catalogue.imageConfig(found.image());
        List<String> names = found.name().stream().toList();
        HostOutput.Writing<ImageSink, Saved> saving = sink -> new ImageSaving(layers, staging, progress)
                .save(found.image(), config, names, format, compression, sink);
        return switch (target) {
            case Target.Archive archive ->
                    HostOutput.file(archive.file(), out -> saving.to(new TarSink(archives, out)));
            case Target.Directory directory ->
                    HostOutput.directory(directory.directory(), path -> saving.to(new DirectorySink(path)));
            case Target.Stream stream -> {
                try {
                    yield saving.to(new TarSink(archives, HostOutput.stream("cannot write the image", stream.out())));
                } catch (VarveException e) {
                    throw e;
                } catch (java.io.IOException e) {
                    throw HostFailure.of("cannot write the image", e);
                }
            }
        };
    }

    /**
     * {@inheritDoc} The image goes first and then its layers, top first. If that fails half-way, the image is gone and
     * each layer is there or not; those that are can be removed one by one. Files that cannot be deleted are no failure:
     * the next opening of the store tries again.
     */
    @Override
    public List<LayerId> remove(String reference) throws VarveException {
        List<LayerId> left = catalogue.exclusively(() -> {
            ImageRegister.Found found = register.find(reference);
            ImageRecord image = found.image();
            if (found.name().isPresent() && image.names().size() > 1) {
                register.putNames(image, image.names().stream().filter(n -> !n.equals(found.name().get())).toList());
                return List.<LayerId>of();
            }
            List<LayerId> useless = unused.without(image);
            register.remove(image);
            return useless;
        });
        return unused.remove(left);
    }
}
