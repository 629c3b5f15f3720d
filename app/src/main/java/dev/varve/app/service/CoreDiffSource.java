package dev.varve.app.service;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

import dev.varve.app.diff.DiffSource;
import dev.varve.app.framing.FramingReplay;
import dev.varve.app.framing.FramingReplay.Replayed;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LayerTree;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.syscall.Directory;

/** Gives comparisons the trees of a store's layers, and holds the layers as long as they are read. */
final class CoreDiffSource implements DiffSource {
    private final Core core;
    private final LeaseService leases;

    CoreDiffSource(Core core, LeaseService leases) {
        this.core = core;
        this.leases = leases;
    }

    @Override
    public Optional<LayerId> parentOf(LayerId id) throws VarveException {
        return core.parents(core.require(id)).nearestFirst().stream().findFirst().map(LayerRecord::id);
    }

    @Override
    public LayerTree tree(LayerId id) throws VarveException {
        return core.driver().tree(core.place(core.require(id)));
    }

    @Override
    public boolean isWrittenByKernel(LayerId id) throws VarveException {
        return core.require(id).kind() == LayerKind.ACTIVE;
    }

    @Override
    public Optional<Replayed> replay(LayerId id, OutputStream out) throws IOException {
        LayerRecord layer = core.require(id);
        if (layer.kind() != LayerKind.COMMITTED || layer.diffId().isEmpty()) {
            return Optional.empty();
        }
        LayerPlace at = core.place(layer);
        try (Directory place = core.syscalls().directory(at.directory())) {
            if (!FramingReplay.isAt(place)) {
                return Optional.empty();
            }
            try (Directory tree = core.syscalls().directory(core.driver().tree(at).root())) {
                return Optional.of(new FramingReplay(id, layer.diffId().get()).writeTo(out, place, tree));
            }
        }
    }

    @Override
    public Directory open(Path directory) throws VarveException {
        return core.syscalls().directory(directory);
    }

    @Override
    public UnionView below(LayerId id) throws VarveException {
        LayerRecord layer = core.require(id);
        Optional<LayerRecord> parent = layer.parent().isPresent() ? core.catalogue().find(layer.parent().get())
                : Optional.empty();
        return Trees.view(core, parent);
    }

    @Override
    public AutoCloseableHold hold(LayerId id) throws VarveException {
        LayerRecord layer = core.require(id);
        Directory hold = core.home().hold(layer.number()).orElseThrow(() -> new NoSuchLayerException(id));
        try {
            leases.requireComplete(layer);
        } catch (VarveException e) {
            hold.close();
            throw e;
        }
        return hold::close;
    }

    @Override
    public MountedTree mounted(LayerId id) throws VarveException {
        LayerTree tree = tree(id);
        if (tree instanceof LayerTree.Full) {
            return new MountedTree(tree.root(), () -> {});
        }
        LeaseService.Taken taken = leases.inspect(id, Access.READ_WRITE);
        return new MountedTree(taken.path(), () -> leases.release(taken.lease()));
    }
}
