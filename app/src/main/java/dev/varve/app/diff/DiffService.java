package dev.varve.app.diff;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

import dev.varve.app.framing.FramingReplay.Replayed;
import dev.varve.app.tree.Marks;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerStore.Changes;
import dev.varve.ports.in.LayerStore.Method;
import dev.varve.ports.syscall.Directory;

/** Finds what differs between layers, from the delta alone where there is one. */
public final class DiffService {
    private static final String PLAIN = "read from the layer's own directory";
    /** Of an archive that was given back as it had come. */
    static final Method REPLAYED = new Method(true, "the archive that the layer was applied from");
    private final DiffSource source;

    public DiffService(DiffSource source) {
        this.source = source;
    }

    public Changes changes(LayerId id, Optional<LayerId> against, Comparison comparison) throws VarveException {
        ChangeCollector collector = new ChangeCollector();
        Method method = visit(id, against, comparison, collector);
        return new Changes(collector.sorted(), method);
    }

    public LayerBlob blob(Archives archives, LayerId id, Optional<LayerId> against, Comparison comparison) {
        return new StoreLayerBlob(this, archives, id, against, comparison);
    }

    /** Writes the layer as the archive that it was applied from, if that is what is asked for and it can be had. */
    Optional<Replayed> replay(LayerId id, Optional<LayerId> against, OutputStream out) throws IOException {
        if (against.isPresent() && !against.equals(source.parentOf(id))) {
            return Optional.empty();
        }
        try (DiffSource.AutoCloseableHold _ = source.hold(id)) {
            return source.replay(id, out);
        }
    }

    /** Visits all differences. The way is decided before anything is visited, so that nothing has to be taken back. */
    Method visit(LayerId id, Optional<LayerId> against, Comparison comparison, ChangeVisitor visitor)
            throws VarveException {
        Optional<LayerId> parent = source.parentOf(id);
        try (DiffSource.AutoCloseableHold _ = source.hold(id)) {
            LayerTree tree = source.tree(id);
            String reason;
            if (!(tree instanceof LayerTree.Delta delta)) {
                reason = "the layer is a full tree: both were compared";
            } else if (against.isPresent() && !against.equals(parent)) {
                reason = against.get() + " is not the parent: both trees were compared";
            } else {
                try {
                    if (source.isWrittenByKernel(id)) {
                        walkDelta(id, delta, new Nobody());
                    }
                    walkDelta(id, delta, visitor);
                    return new Method(true, PLAIN);
                } catch (DeltaWalk.NotPlain e) {
                    reason = e.reason() + ": both trees were compared";
                }
            }
            byComparison(id, against.isPresent() ? against : parent, comparison, visitor);
            return new Method(false, reason);
        }
    }

    /** Hears of nothing: a walk for it finds out whether a delta can be read by itself. */
    private static final class Nobody implements ChangeVisitor {
        @Override
        public void deleted(EntryPath path) {
            // not asked for
        }

        @Override
        public void present(ChangeKind kind, EntryPath path, Directory parent, EntryName name, FileStat stat) {
            // not asked for
        }

        @Override
        public void root(Directory root, boolean shown) {
            // not asked for
        }
    }

    private void walkDelta(LayerId id, LayerTree.Delta tree, ChangeVisitor visitor)
            throws VarveException, DeltaWalk.NotPlain {
        WhiteoutFormat.Overlay format = (WhiteoutFormat.Overlay) tree.whiteouts();
        try (UnionView below = source.below(id); Directory root = source.open(tree.root())) {
            new DeltaWalk(Marks.of(tree), format, below, visitor).run(root);
        }
    }

    private void byComparison(LayerId id, Optional<LayerId> older, Comparison comparison, ChangeVisitor visitor)
            throws VarveException {
        try (DiffSource.MountedTree newer = source.mounted(id); Directory newerRoot = source.open(newer.root())) {
            if (older.isEmpty()) {
                new TreeComparison(null, newerRoot, comparison, visitor).run();
                return;
            }
            try (DiffSource.AutoCloseableHold _ = source.hold(older.get());
                    DiffSource.MountedTree old = source.mounted(older.get());
                    Directory olderRoot = source.open(old.root())) {
                new TreeComparison(olderRoot, newerRoot, comparison, visitor).run();
            }
        }
    }
}
