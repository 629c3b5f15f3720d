package dev.varve.app.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.app.tree.Marks;
import dev.varve.app.tree.OneMount;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** What somebody mounted in a layer that is a plain directory is the host's: it gets into no difference and no layer. */
class MountedInTreeTest {
    private static final WhiteoutFormat.Overlay OVERLAY = new WhiteoutFormat.Overlay(
            WhiteoutFormat.XattrNamespace.TRUSTED, WhiteoutFormat.Form.DEVICE);
    private static final Path OLDER = Path.of("/older");
    private static final Path NEWER = Path.of("/newer");
    private static final Path PRECIOUS = Path.of("/precious");
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeTrees() throws VarveException {
        for (Path tree : List.of(OLDER, NEWER)) {
            host.makeDirectories(tree.resolve("var/data"));
            host.writeFile(tree.resolve("var/data/own"), "own".getBytes(UTF_8));
        }
        host.makeDirectories(PRECIOUS);
        host.writeFile(PRECIOUS.resolve("secret"), "secret".getBytes(UTF_8));
    }

    private void mountIn(Path tree) throws VarveException {
        host.mounts()
                .mount(new MountPlan(tree.resolve("var/data"), List.of(new MountStep.Bind(PRECIOUS, Set.of())),
                        new MountProof.Bound(false)));
    }

    private ChangeCollector compared() throws VarveException {
        ChangeCollector changes = new ChangeCollector();
        try (Directory older = host.directory(OLDER); Directory newer = host.directory(NEWER)) {
            new TreeComparison(older, newer, Comparison.METADATA, changes).run();
        }
        return changes;
    }

    private ChangeCollector listed() throws VarveException {
        ChangeCollector changes = new ChangeCollector();
        try (Directory newer = host.directory(NEWER)) {
            new TreeComparison(null, newer, Comparison.METADATA, changes).run();
        }
        return changes;
    }

    private UnionView view(Path tree) throws VarveException {
        return new UnionView(List.of(host.directory(tree)), List.of(Marks.of(new LayerTree.Full(tree))));
    }

    private ChangeCollector walked() throws Exception {
        ChangeCollector changes = new ChangeCollector();
        Marks marks = Marks.of(new LayerTree.Delta(NEWER, OVERLAY));
        try (UnionView below = view(OLDER); Directory root = host.directory(NEWER)) {
            new DeltaWalk(marks, OVERLAY, below, changes).run(root);
        }
        return changes;
    }

    private void assertRefused(ThrowingCallable reading) {
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(reading)
                .withMessageContaining("mounted on /var/data")
                .satisfies(e -> assertThat(e.hint()).get().asString().contains("unmount it first"));
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void treesWithoutMountsAreRead() throws Exception {
        assertThat(listed().sorted()).hasSize(3);
        assertThat(walked().sorted()).hasSize(3);
        compared();
    }

    @Test
    void ofTwoTreesNeitherMayHaveAMount() throws VarveException {
        mountIn(NEWER);
        assertRefused(this::listed);
        assertRefused(this::compared);
        assertRefused(this::walked);
    }

    @Test
    void norMayTheOlderOne() throws VarveException {
        mountIn(OLDER);
        assertRefused(this::compared);
        assertRefused(this::walked);
        assertThat(listed().sorted()).hasSize(3);
    }

    @Test
    void aViewShowsNothingThatIsMounted() throws VarveException {
        mountIn(OLDER);
        assertRefused(() -> {
            try (UnionView view = view(OLDER)) {
                view.entries(EntryPath.of("var"));
            }
        });
        assertRefused(() -> {
            try (UnionView view = view(OLDER)) {
                view.find(EntryPath.of("var/data/secret"));
            }
        });
        try (UnionView view = view(OLDER)) {
            assertThat(view.find(EntryPath.of("var"))).isPresent();
        }
    }

    @Test
    void aTreeThatIsAMountItselfIsRead() throws VarveException {
        host.mounts()
                .mount(new MountPlan(NEWER, List.of(new MountStep.Bind(OLDER, Set.of())), new MountProof.Bound(false)));
        assertThat(compared().sorted()).isEmpty();
    }

    private static FileStat withoutMountId(FileType type, long device) {
        return new FileStat(type, 0755, 0, 0, 0, 0, Instant.EPOCH, 7, device, 1, 0, 0, 0);
    }

    @Test
    void whereTheKernelTellsNoMountsOnlyDirectoriesAreCompared() throws VarveException {
        EntryName name = EntryName.of("f");
        try (Directory root = host.directory(OLDER)) {
            OneMount mount = new OneMount(root);
            long device = root.stat().device();
            mount.require(EntryPath.ROOT, name, withoutMountId(FileType.REGULAR, device + 1));
            mount.require(EntryPath.ROOT, name, withoutMountId(FileType.DIRECTORY, device));
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(
                    () -> mount.require(EntryPath.ROOT, name, withoutMountId(FileType.DIRECTORY, device + 1)));
        }
    }
}
