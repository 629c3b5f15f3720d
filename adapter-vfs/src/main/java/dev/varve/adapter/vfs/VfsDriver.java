package dev.varve.adapter.vfs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.mount.RootPlan;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;

/**
 * A layer is a directory {@code fs} that holds the whole file system. Where mounting is allowed, a read-only root is a
 * read-only bind mount of it at {@code merged}; else it is the directory itself.
 */
final class VfsDriver implements LayerDriver {
    private static final EntryName TREE = EntryName.of("fs");
    private static final EntryName MERGED = EntryName.of("merged");
    private final Syscalls syscalls;

    VfsDriver(Syscalls syscalls) {
        this.syscalls = syscalls;
    }

    @Override
    public String name() {
        return "vfs";
    }

    @Override
    public TreeForm formOf(LayerKind kind) {
        return TreeForm.FULL;
    }

    @Override
    public LayerTree prepare(LayerPlace place) throws VarveException {
        try (Directory directory = syscalls.directory(place.directory())) {
            directory.makeDirectory(TREE, 0755);
            directory.makeDirectory(MERGED, 0700);
        }
        return tree(place);
    }

    @Override
    public LayerTree tree(LayerPlace place) {
        return new LayerTree.Full(place.directory().resolve(TREE.toString()));
    }

    @Override
    public RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access) {
        Path tree = tree(place).root();
        if (access == Access.READ_WRITE || !syscalls.host().mayMount()) {
            return new RootPlan.Directory(tree);
        }
        return new RootPlan.Mounted(new MountPlan(place.directory().resolve(MERGED.toString()),
                List.of(new MountStep.Bind(tree, Set.of(MountFlag.READ_ONLY))), new MountProof.Bound(true)));
    }

    @Override
    public Optional<Path> mountPoint(LayerPlace place) {
        return syscalls.host().mayMount() ? Optional.of(place.directory().resolve(MERGED.toString()))
                : Optional.empty();
    }

    @Override
    public List<Finding> status() {
        return List.of(new Finding("layers", "full copies", "the only way of this driver"));
    }
}
