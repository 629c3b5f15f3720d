package dev.varve.adapter.overlay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
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
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.syscall.Directory;

/**
 * A layer is {@code fs}: its delta, which is an upper directory while it is written to and a lower one for the layers
 * above, or a full tree, which is the last lower one of whatever is stacked on it; {@code work} and {@code merged} are
 * beside it. The names are short so that the lower directories of long chains
 * fit the one page of options that mount(2) takes.
 */
final class OverlayDriver implements LayerDriver {
    /** overlayfs takes 500 lower directories and refuses more with EINVAL (fs/overlayfs/params.h, OVL_MAX_STACK). */
    static final int MAX_LOWERS = 500;
    private static final EntryName TREE = EntryName.of("fs");
    private static final EntryName WORK = EntryName.of("work");
    private static final EntryPath INDEX = EntryPath.of("index");
    private static final EntryName MERGED = EntryName.of("merged");
    private final DriverContext context;
    private final OverlayFacts facts;
    private final OverlayOptions options;

    OverlayDriver(DriverContext context, OverlayFacts facts, OverlayOptions options) {
        this.context = context;
        this.options = options;
        this.facts = facts;
    }

    @Override
    public String name() {
        return "overlay";
    }

    @Override
    public TreeForm formOf(LayerKind kind) {
        return options.strategy() == Strategy.HARDLINK && kind == LayerKind.COMMITTED ? TreeForm.FULL : TreeForm.DELTA;
    }

    @Override
    public Filling filling() {
        return Filling.HARD_LINK;
    }

    @Override
    public LayerTree prepare(LayerPlace place) throws VarveException {
        try (Directory directory = context.syscalls().directory(place.directory())) {
            directory.makeDirectory(TREE, 0755);
            directory.makeDirectory(MERGED, 0700);
            if (place.form() == TreeForm.DELTA) {
                directory.makeDirectory(WORK, 0700);
            }
        }
        return tree(place);
    }

    @Override
    public LayerTree tree(LayerPlace place) {
        Path root = place.directory().resolve(TREE.toString());
        return switch (place.form()) {
            case DELTA -> new LayerTree.Delta(root, facts.whiteouts());
            case FULL -> new LayerTree.Full(root);
        };
    }

    @Override
    public RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access) throws UnsupportedException {
        return root(place, parents, access, options.settings());
    }

    @Override
    public RootPlan inspection(LayerPlace place, ParentChain<LayerPlace> parents, Access access)
            throws UnsupportedException {
        return root(place, parents, access, options.settings().withIds(Optional.empty()));
    }

    private RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access, MountSettings settings)
            throws UnsupportedException {
        Path own = tree(place).root();
        Path merged = merged(place);
        List<Path> lowers = lowers(place, parents);
        if (lowers.isEmpty()) {
            Set<MountFlag> flags = settings.flags(access == Access.READ_WRITE);
            boolean mapped = settings.ids().isPresent();
            return flags.isEmpty() && !mapped ? new RootPlan.Directory(own)
                    : new RootPlan.Mounted(
                            new MountPlan(merged, List.of(new MountStep.Bind(own, flags, settings.ids())),
                                    new MountProof.Bound(access == Access.READ_ONLY, mapped, settings.shown(false))));
        }
        OverlayGrammar grammar = new OverlayGrammar(facts.api(), facts.userXattr(), settings,
                context.syscalls().host().pageSize());
        Path base = Objects.requireNonNull(place.directory().getParent(), "a layer's place is in a directory");
        return new RootPlan.Mounted(switch (access) {
            case READ_WRITE ->
                    grammar.plan(merged, base, lowers, Optional.of(new OverlayGrammar.Upper(own, work(place))));
            case READ_ONLY -> grammar.plan(merged, base, Stream.concat(Stream.of(own), lowers.stream()).toList(),
                    Optional.empty());
        });
    }

    /** What lies below, down to the first full tree: that one has all that is below it. */
    private List<Path> lowers(LayerPlace place, ParentChain<LayerPlace> parents) {
        List<Path> lowers = new ArrayList<>();
        if (place.form() == TreeForm.DELTA) {
            for (LayerPlace parent : parents.nearestFirst()) {
                lowers.add(tree(parent).root());
                if (parent.form() == TreeForm.FULL) {
                    break;
                }
            }
        }
        return lowers;
    }

    @Override
    public Optional<Path> mountPoint(LayerPlace place) {
        return Optional.of(merged(place));
    }

    private static Path merged(LayerPlace place) {
        return place.directory().resolve(MERGED.toString());
    }

    @Override
    public boolean needsFlush(LayerPlace place) throws VarveException {
        return place.form() == TreeForm.DELTA && new VolatileMark(context.syscalls(), work(place)).isThere();
    }

    @Override
    public void flush(LayerPlace place) throws VarveException {
        new VolatileMark(context.syscalls(), work(place)).flush();
    }

    @Override
    public void settle(LayerPlace place, boolean sameBoot) throws VarveException {
        if (place.form() == TreeForm.DELTA) {
            new VolatileMark(context.syscalls(), work(place)).settle(sameBoot);
        }
    }

    /** @throws UnsupportedException if files of the layer are bound by an index to names that only lower layers have */
    @Override
    public void requireStackable(LayerPlace place) throws VarveException {
        if (place.form() == TreeForm.FULL) {
            return;
        }
        try (Directory work = context.syscalls().directory(work(place)); Directory index = work.resolve(INDEX)) {
            if (!index.list().isEmpty()) {
                throw new UnsupportedException(
                        "hard links to files of lower layers were changed in the layer of " + place.directory()
                                + " with overlay.index=on: on top of it, their other names would show the old content",
                        "make a layer of its diff (varve layer diff, varve layer apply) and use that one");
            }
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private static Path work(LayerPlace place) {
        return place.directory().resolve(WORK.toString());
    }

    @Override
    public List<Finding> status() {
        return new OverlayFindings(context, options, facts).all();
    }
}
