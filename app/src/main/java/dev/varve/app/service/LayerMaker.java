package dev.varve.app.service;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.app.framing.FramingRecorder;
import dev.varve.app.tree.ContentKeeper;
import dev.varve.app.tree.DeltaWriter;
import dev.varve.app.tree.Marks;
import dev.varve.app.tree.Omissions;
import dev.varve.app.tree.TreeFill;
import dev.varve.app.tree.TreeUsage;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.syscall.Directory;

/**
 * Makes layers: in a place of their own, synced, then moved into place and recorded under the catalogue's lock. The record
 * is what makes a layer exist.
 */
final class LayerMaker {
    private final Core core;

    LayerMaker(Core core) {
        this.core = core;
    }

    LayerRecord create(LayerId id, Optional<LayerId> parentId, Map<String, String> labels) throws VarveException {
        refuseTaken(id);
        LayerNumber number = core.catalogue().nextNumber();
        try (Parent parent = hold(parentId, number, LayerKind.ACTIVE);
                StoreHome.Staged staged = stage(number, LayerKind.ACTIVE)) {
            LayerTree tree = core.driver().prepare(staged.place());
            Omissions omissions = new Omissions();
            try (UnionView lower = Trees.view(core, parent.record())) {
                new DeltaWriter(core.syscalls().directory(tree.root()), markers(tree), lower, core.syscalls().host(),
                        omissions, ContentKeeper.NONE).close();
            }
            fill(tree, markers(tree), parent, omissions);
            staged.sync();
            LayerRecord record = LayerRecord.create(number, id, LayerKind.ACTIVE, staged.place().form(),
                    parent.record().map(LayerRecord::number), labels, core.clock().instant());
            commit(staged, record, parent);
            return record;
        }
    }

    LayerStore.Applied apply(LayerId id, Optional<LayerId> parentId, InputStream archive, LayerStore.Expected expected)
            throws VarveException {
        refuseTaken(id);
        LayerNumber number = core.catalogue().nextNumber();
        try (Parent parent = hold(parentId, number, LayerKind.COMMITTED);
                StoreHome.Staged staged = stage(number, LayerKind.COMMITTED)) {
            LayerTree tree = core.driver().prepare(staged.place());
            Omissions omissions = new Omissions();
            Marks staging = markers(tree);
            Verified verified = unpack(id, archive, expected, staged.place(), tree, staging, parent.record(),
                    omissions);
            Optional<Usage> counted = verified.written().usage();
            Usage own = counted.isPresent() ? counted.get() : usage(tree, staging);
            Optional<LayerStore.Filled> filled = fill(tree, staging, parent, omissions);
            Usage usage = filled.map(f -> own.plus(f.usage())).orElse(own);
            staged.sync();
            LayerRecord record = LayerRecord
                    .create(number, id, LayerKind.COMMITTED, staged.place().form(),
                            parent.record().map(LayerRecord::number), Map.of(), core.clock().instant())
                    .withContent(usage, Optional.of(verified.diffId()));
            commit(staged, record, parent);
            return new LayerStore.Applied(record, verified.blob(), verified.diffId(), usage,
                    verified.written().entries(), omissions.list(), filled);
        }
    }

    private StoreHome.Staged stage(LayerNumber number, LayerKind kind) throws VarveException {
        return core.catalogue().exclusively(() -> core.home().stage(number, core.driver().formOf(kind)));
    }

    /** The marks to write a tree with before it is complete. */
    private static Marks markers(LayerTree tree) {
        return switch (tree) {
            case LayerTree.Full full -> Marks.temporary();
            case LayerTree.Delta delta -> Marks.of(delta);
        };
    }

    private Usage usage(LayerTree tree, Marks marks) throws VarveException {
        try (Directory root = core.syscalls().directory(tree.root())) {
            return TreeUsage.of(root, marks);
        }
    }

    /** Makes a full tree of what was written, where the driver keeps such. */
    private Optional<LayerStore.Filled> fill(LayerTree tree, Marks staging, Parent parent, Omissions omissions)
            throws VarveException {
        if (!(tree instanceof LayerTree.Full) || parent.record().isEmpty()) {
            return Optional.empty();
        }
        try (UnionView lower = Trees.view(core, parent.record())) {
            return Optional.of(new TreeFill(core.syscalls().directory(tree.root()), staging, lower,
                    core.driver().filling(), core.syscalls().host(), omissions).run());
        }
    }

    private record Verified(Digest blob, DiffId diffId, DeltaWriter.Written written) {}

    private Verified unpack(LayerId id, InputStream archive, LayerStore.Expected expected, LayerPlace place,
            LayerTree tree, Marks staging, Optional<LayerRecord> below, Omissions omissions) throws VarveException {
        String algorithm = expected.diffId().map(d -> d.digest().algorithm()).orElse("sha256");
        MessageDigest blobDigest = Digest.computation(expected.blob().map(Digest::algorithm).orElse(algorithm));
        DigestedStream blob = new DigestedStream(archive, Optional.of(blobDigest));
        Archives.Decompressed plain = core.archives().decompress(blob);
        // of an archive that is not compressed both digests are of the same bytes: one computation serves
        boolean one = !plain.compressed() && expected.blob().map(d -> d.algorithm().equals(algorithm)).orElse(true);
        Optional<MessageDigest> diffDigest = one ? Optional.empty() : Optional.of(Digest.computation(algorithm));
        DeltaWriter.Written written;
        try (ReadAhead ahead = new ReadAhead(new DigestedStream(plain.stream(), diffDigest), plain.stream());
                UnionView lower = Trees.view(core, below);
                FramingRecorder framing = FramingRecorder.begin(core.syscalls().directory(place.directory()));
                LayerReader reader = core.archives().reader(ahead, ArchiveLimits.DEFAULT, framing);
                DeltaWriter writer = new DeltaWriter(core.syscalls().directory(tree.root()), staging, lower,
                        core.syscalls().host(), omissions, framing)) {
            written = writer.writeAll(reader);
            framing.finish(written.entries());
            blob.drain();
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new BadDataException("cannot read the archive: " + e.getMessage(), "", e);
        }
        Digest blobFound = Digest.ofFinished(blobDigest);
        DiffId diffFound = new DiffId(diffDigest.map(Digest::ofFinished).orElse(blobFound));
        if (expected.blob().isPresent() && !expected.blob().get().equals(blobFound)) {
            throw new DigestMismatchException("blob of layer " + id, expected.blob().get(), blobFound);
        }
        if (expected.diffId().isPresent() && !expected.diffId().get().equals(diffFound)) {
            throw new DigestMismatchException("diff ID of layer " + id, expected.diffId().get().digest(),
                    diffFound.digest());
        }
        return new Verified(blobFound, diffFound, written);
    }

    private void refuseTaken(LayerId id) throws VarveException {
        if (core.catalogue().find(id).isPresent()) {
            throw new LayerExistsException(id);
        }
    }

    /** A parent that is not going to be removed meanwhile, nor written to. */
    private record Parent(Optional<LayerRecord> record, AutoCloseableHold hold) implements AutoCloseable {
        @Override
        public void close() {
            hold.close();
        }
    }

    private interface AutoCloseableHold {
        void close();
    }

    /** @param number of the layer that is going to be made upon it */
    private Parent hold(Optional<LayerId> id, LayerNumber number, LayerKind kind) throws VarveException {
        if (id.isEmpty()) {
            return new Parent(Optional.empty(), () -> {});
        }
        LayerRecord record = core.require(id.get());
        requireMountable(record, number, kind);
        return record.kind() == LayerKind.ACTIVE ? reserved(record) : held(record);
    }

    /** A chain that could not be mounted is refused before anything is made. */
    private void requireMountable(LayerRecord parent, LayerNumber number, LayerKind kind) throws VarveException {
        List<LayerRecord> below = new ArrayList<>(List.of(parent));
        below.addAll(core.parents(parent).nearestFirst());
        core.driver()
                .root(core.home().place(number, core.driver().formOf(kind)),
                        ParentChain.ofNearestFirst(below).map(core.home()::place),
                        kind == LayerKind.ACTIVE ? Access.READ_WRITE : Access.READ_ONLY);
    }

    /** What never changes need only stay. */
    private Parent held(LayerRecord parent) throws VarveException {
        Directory hold = core.home().hold(parent.number()).orElseThrow(() -> new NoSuchLayerException(parent.id()));
        return new Parent(Optional.of(parent), hold::close);
    }

    /** What could be written to must not be, from before it is read first until the layer upon it freezes it. */
    private Parent reserved(LayerRecord parent) throws VarveException {
        LeaseService leases = new LeaseService(core);
        Reservation reservation = leases.reserve(parent.id(), LayerMaker::written);
        try {
            leases.requireComplete(reservation.layer());
            core.driver().requireStackable(core.place(reservation.layer()));
        } catch (VarveException e) {
            reservation.close();
            throw e;
        }
        return new Parent(Optional.of(reservation.layer()), reservation::close);
    }

    /** A layer that is being written to would change below its child. */
    private void refuseWritten(LayerRecord parent) throws VarveException {
        if (new LeaseService(core).live(parent.number()).stream().anyMatch(l -> l.access() == Access.READ_WRITE)) {
            throw written(parent);
        }
    }

    private static WrongStateException written(LayerRecord parent) {
        return new WrongStateException("layer " + parent.id() + " is mounted for writing and cannot be a parent yet",
                "unmount it first: varve layer umount");
    }

    private void commit(StoreHome.Staged staged, LayerRecord record, Parent parent) throws VarveException {
        core.catalogue().exclusively(() -> {
            refuseTaken(record.id());
            if (parent.record().isPresent()) {
                LayerRecord below = parent.record().get();
                if (core.catalogue().find(below.number()).isEmpty()) {
                    throw new LayerInUseException(below.id(), "its removal", "try again with another parent");
                }
                refuseWritten(below);
            }
            try {
                staged.publish();
                core.catalogue().put(record);
            } catch (VarveException e) {
                staged.withdrawAfter(e);
                throw e;
            }
            return record;
        });
    }
}
