package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.domain.change.Comparison;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;
import dev.varve.ports.store.Catalogue;

/** Layers that are records without files; an archive is read and verified all the same. For one thread. */
final class FakeLayers implements LayerStore {
    private final Catalogue catalogue;
    /** The ids in the order they were applied. */
    final List<LayerId> applied = new ArrayList<>();
    final List<LayerId> leased = new ArrayList<>();
    /** Those that cannot be written to at the moment. */
    final List<LayerId> held = new ArrayList<>();
    /** Whether the last one that was read was among them. */
    boolean heldWhileRead;
    /** What the layers differ by from those below. */
    final Map<LayerId, byte[]> archives = new HashMap<>();
    Optional<LayerId> askedAgainst = Optional.empty();
    /** Runs before each {@link #apply}. */
    Hook beforeApply = id -> {};
    Hook beforeRemove = id -> {};
    /** Runs where the files of a layer are deleted, once its record is gone. */
    Hook beforeDelete = id -> {};

    interface Hook {
        void run(LayerId id) throws VarveException;
    }

    FakeLayers(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public LayerRecord create(LayerId id, Optional<LayerId> parent, Map<String, String> labels) throws VarveException {
        return add(id, parent, LayerKind.ACTIVE);
    }

    private LayerRecord add(LayerId id, Optional<LayerId> parent, LayerKind kind) throws VarveException {
        if (exists(id)) {
            throw new LayerExistsException(id);
        }
        Optional<LayerNumber> below = parent.isPresent() ? Optional.of(record(parent.get()).number())
                : Optional.empty();
        LayerRecord layer = LayerRecord.create(catalogue.nextNumber(), id, kind, TreeForm.DELTA, below, Map.of(),
                Instant.EPOCH);
        catalogue.put(layer);
        return layer;
    }

    private LayerRecord record(LayerId id) throws VarveException {
        return catalogue.find(id).orElseThrow(() -> new NoSuchLayerException(id));
    }

    @Override
    public Applied apply(LayerId id, Optional<LayerId> parent, InputStream archive, Expected expected)
            throws VarveException {
        beforeApply.run(id);
        try {
            byte[] raw = archive.readAllBytes();
            byte[] tar = SampleImage.ARCHIVES.decompress(new ByteArrayInputStream(raw)).stream().readAllBytes();
            long entries = 0;
            List<Omission> omissions = new ArrayList<>();
            try (LayerReader reader = SampleImage.ARCHIVES.reader(new ByteArrayInputStream(tar),
                    ArchiveLimits.DEFAULT)) {
                for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                    entries++;
                    omissions.add(new Omission(entry.get().path(), "a fake keeps nothing"));
                }
            }
            verify("archive", expected.blob(), Digest.sha256(raw));
            verify("layer", expected.diffId().map(DiffId::digest), Digest.sha256(tar));
            DiffId diffId = new DiffId(Digest.sha256(tar));
            LayerRecord layer = add(id, parent, LayerKind.COMMITTED).withContent(Usage.NONE, Optional.of(diffId));
            catalogue.put(layer);
            applied.add(id);
            archives.put(id, tar);
            return new Applied(layer, Digest.sha256(raw), diffId, Usage.NONE, entries, omissions, Optional.empty());
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void verify(String what, Optional<Digest> expected, Digest actual) throws VarveException {
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new DigestMismatchException(what, expected.get(), actual);
        }
    }

    @Override
    public void remove(LayerId id) throws VarveException {
        retire(id).run();
    }

    LayerRemoval.Deletion retire(LayerId id) throws VarveException {
        beforeRemove.run(id);
        LayerRecord layer = record(id);
        if (leased.contains(id) || !catalogue.children(layer.number()).isEmpty()) {
            throw new LayerInUseException(id, "a test", "");
        }
        catalogue.remove(layer.number());
        return () -> beforeDelete.run(id);
    }

    @Override
    public boolean exists(LayerId id) throws VarveException {
        return catalogue.find(id).isPresent();
    }

    @Override
    public List<LayerInfo> list() throws VarveException {
        List<LayerInfo> infos = new ArrayList<>();
        for (LayerRecord layer : catalogue.layers()) {
            infos.add(inspect(layer.id()));
        }
        return infos;
    }

    List<LayerId> ids() throws VarveException {
        return list().stream().map(info -> info.record().id()).toList();
    }

    QuietLayers.Hold hold(LayerId id) throws VarveException {
        if (leased.contains(id)) {
            throw new LayerInUseException(id, "a mount for writing", "");
        }
        held.add(id);
        return () -> held.remove(id);
    }

    @Override
    public LayerInfo inspect(LayerId id) throws VarveException {
        LayerRecord layer = record(id);
        return new LayerInfo(layer, Optional.empty(), 0, catalogue.children(layer.number()).size(),
                leased.contains(id) ? 1 : 0, Optional.empty());
    }

    @Override
    public Lease acquire(LayerId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int release(LayerId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Changes changes(LayerId id, Optional<LayerId> against, Comparison comparison) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LayerBlob diff(LayerId id, Optional<LayerId> against, Comparison comparison) {
        askedAgainst = against;
        heldWhileRead = held.contains(id);
        return new FakeBlob(archives.get(id));
    }

    /** An archive that was applied, or that a test says a layer differs by. */
    private record FakeBlob(byte[] tar) implements LayerBlob {
        @Override
        public Written writeTo(Path file, Compression compression) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Written writeTo(OutputStream out, Compression compression) throws VarveException {
            byte[] blob = SampleImage.compress(tar, compression);
            try {
                out.write(blob);
            } catch (VarveException e) {
                throw e;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Written(Digest.sha256(blob), new DiffId(Digest.sha256(tar)), blob.length, 1, compression,
                    List.of(), new Method(true, "a fake"));
        }
    }

    @Override
    public Usage usage(LayerId id) {
        throw new UnsupportedOperationException();
    }

    /** What {@link #apply} reports for a path. */
    static Omission omission(String path) {
        return new Omission(EntryPath.of(path), "a fake keeps nothing");
    }
}
