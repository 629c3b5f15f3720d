package dev.varve.app.service;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.varve.app.diff.DiffService;
import dev.varve.app.image.LayerRemoval;
import dev.varve.app.image.QuietLayers;
import dev.varve.app.tree.Marks;
import dev.varve.app.tree.TreeUsage;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;

/** The layers of one store. */
final class LayerService implements LayerStore {
    private final Core core;
    private final LayerMaker maker;
    private final LeaseService leases;
    private final LayerMounts mounts;
    private final DiffService diffs;
    /** Leases that this object handed out and that are not over, oldest first. */
    private final Set<Lease> open = Collections.synchronizedSet(new LinkedHashSet<>());

    LayerService(Core core) {
        this.core = core;
        this.maker = new LayerMaker(core);
        this.leases = new LeaseService(core);
        this.mounts = new LayerMounts(core);
        this.diffs = new DiffService(new CoreDiffSource(core, leases));
    }

    @Override
    public LayerRecord create(LayerId id, Optional<LayerId> parent, Map<String, String> labels) throws VarveException {
        return maker.create(id, parent, labels);
    }

    @Override
    public Applied apply(LayerId id, Optional<LayerId> parent, InputStream archive, Expected expected)
            throws VarveException {
        return maker.apply(id, parent, archive, expected);
    }

    @Override
    public Lease acquire(LayerId id) throws VarveException {
        StoreLease lease = new StoreLease(leases, id, leases.acquire(id), open::remove);
        open.add(lease);
        return lease;
    }

    /** @see dev.varve.app.image.QuietLayers#hold */
    QuietLayers.Hold hold(LayerId id) throws VarveException {
        return leases.reserve(id,
                layer -> new LayerInUseException(layer.id(),
                        "a mount for writing: half of a change could get into the image",
                        "unmount it first: varve layer umount"))::close;
    }

    @Override
    public int release(LayerId id) throws VarveException {
        return leases.releaseOldest(id);
    }

    @Override
    public Changes changes(LayerId id, Optional<LayerId> against, Comparison comparison) throws VarveException {
        return diffs.changes(id, against, comparison);
    }

    @Override
    public LayerBlob diff(LayerId id, Optional<LayerId> against, Comparison comparison) throws VarveException {
        core.require(id);
        if (against.isPresent()) {
            core.require(against.get());
        }
        return diffs.blob(core.archives(), id, against, comparison);
    }

    @Override
    public Usage usage(LayerId id) throws VarveException {
        LayerRecord layer = core.require(id);
        if (layer.usage().isPresent()) {
            return layer.usage().get();
        }
        LayerTree tree = core.driver().tree(core.place(layer));
        try (Directory root = core.syscalls().directory(tree.root())) {
            return TreeUsage.of(root, Marks.of(tree));
        }
    }

    @Override
    public boolean exists(LayerId id) throws VarveException {
        return core.catalogue().find(id).isPresent();
    }

    @Override
    public LayerInfo inspect(LayerId id) throws VarveException {
        return info(core.require(id));
    }

    @Override
    public List<LayerInfo> list() throws VarveException {
        List<LayerInfo> all = new ArrayList<>();
        for (LayerRecord layer : core.catalogue().layers()) {
            all.add(info(layer));
        }
        return all;
    }

    private LayerInfo info(LayerRecord layer) throws VarveException {
        var parents = core.parents(layer).nearestFirst();
        return new LayerInfo(layer, parents.stream().findFirst().map(LayerRecord::id), parents.size() + 1,
                core.catalogue().children(layer.number()).size(), leases.live(layer.number()).size(),
                mounts.point(layer));
    }

    @Override
    public void remove(LayerId id) throws VarveException {
        retire(id).run();
    }

    /** @see dev.varve.app.image.LayerRemoval#retire */
    LayerRemoval.Deletion retire(LayerId id) throws VarveException {
        EntryName retired = core.catalogue().exclusively(() -> {
            LayerRecord layer = core.require(id);
            List<LayerRecord> children = core.catalogue().children(layer.number());
            if (!children.isEmpty()) {
                throw new LayerInUseException(id,
                        "its child " + children.getFirst().id()
                                + (children.size() > 1 ? " and " + (children.size() - 1) + " more" : ""),
                        "remove the children first");
            }
            List<LeaseRecord> holds = leases.live(layer.number());
            if (!holds.isEmpty()) {
                throw new LayerInUseException(id, holds.size() == 1 ? "a lease" : holds.size() + " leases",
                        "unmount it first: varve layer umount");
            }
            mounts.refuseForeign(layer);
            Optional<Directory> claim = core.home().claim(layer.number());
            if (claim.isEmpty() && core.home().has(layer.number())) {
                throw new LayerInUseException(id, "an operation that reads it", "try again when that has ended");
            }
            try {
                mounts.unmount(layer);
                core.catalogue().remove(layer.number());
                return core.home().retire(layer.number());
            } finally {
                claim.ifPresent(Directory::close);
            }
        });
        return () -> core.home().delete(retired);
    }

    /**
     * Ends the leases that are still open, last first. The first failure has the others suppressed in it; what could not
     * be given back stays held, and a further call tries again.
     */
    void close() throws VarveException {
        List<VarveException> failures = new ArrayList<>();
        List<Lease> leaving;
        synchronized (open) {
            leaving = List.copyOf(open);
        }
        for (Lease lease : leaving.reversed()) {
            try {
                lease.close();
            } catch (VarveException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            VarveException first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
