package org.example.plain;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.mount.RootPlan;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;

/** Each layer is a directory that holds everything, and is never mounted. */
final class PlainDriver implements LayerDriver {
    private final Syscalls syscalls;

    PlainDriver(Syscalls syscalls) {
        this.syscalls = syscalls;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public TreeForm formOf(LayerKind kind) {
        return TreeForm.FULL;
    }

    @Override
    public LayerTree prepare(LayerPlace place) throws VarveException {
        try (Directory directory = syscalls.directory(place.directory())) {
            directory.makeDirectory(EntryName.of("everything"), 0755);
        }
        return tree(place);
    }

    @Override
    public LayerTree tree(LayerPlace place) {
        return new LayerTree.Full(place.directory().resolve("everything"));
    }

    @Override
    public RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access) {
        return new RootPlan.Directory(tree(place).root());
    }

    @Override
    public Optional<Path> mountPoint(LayerPlace place) {
        return Optional.empty();
    }

    @Override
    public List<Finding> status() {
        return List.of(new Finding("layers", "plain copies", "the only form there is"));
    }
}
