package dev.varve.app.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.app.tree.Marks;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LayerTree;
import dev.varve.ports.syscall.Directory;

/** Opens what lies below a layer as one view. */
final class Trees {
    private Trees() {}

    /** The layer's root, mounted read-only meanwhile. */
    private static UnionView.Whole.Opened whole(Core core, LayerRecord top) throws VarveException {
        LeaseService leases = new LeaseService(core);
        LeaseService.Taken taken = leases.inspect(top.id(), Access.READ_ONLY);
        try {
            return new UnionView.Whole.Opened(core.syscalls().directory(taken.path()),
                    () -> leases.release(taken.lease()));
        } catch (VarveException e) {
            leases.release(taken.lease());
            throw e;
        }
    }

    /** The view of a layer and all below it: of a full tree, that tree alone; empty for no layer. */
    static UnionView view(Core core, Optional<LayerRecord> top) throws VarveException {
        List<Directory> roots = new ArrayList<>();
        List<Marks> marks = new ArrayList<>();
        try {
            if (top.isPresent()) {
                List<LayerRecord> chain = new ArrayList<>();
                chain.add(top.get());
                chain.addAll(core.parents(top.get()).nearestFirst());
                for (LayerRecord layer : chain) {
                    LayerTree tree = core.driver().tree(core.place(layer));
                    roots.add(core.syscalls().directory(tree.root()));
                    marks.add(Marks.of(tree));
                    if (tree instanceof LayerTree.Full) {
                        break;
                    }
                }
            }
            return new UnionView(roots, marks, () -> whole(core, top.orElseThrow()));
        } catch (VarveException e) {
            roots.forEach(Directory::close);
            throw e;
        }
    }
}
