package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Mounts.UnmountMode;
import dev.varve.testkit.fake.MemorySyscalls;

/** Trees of many levels, and trees in which something is mounted, removed and measured. */
class DeepTreeTest {
    private static final int LEVELS = 500;
    private static final Path TOP = Path.of("/top");
    private static final EntryName TREE = EntryName.of("tree");
    private static final EntryName DOWN = EntryName.of("d");
    private static final EntryName FILE = EntryName.of("f");
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeTop() throws VarveException {
        host.makeDirectories(TOP.resolve("tree"));
    }

    /** In each directory one more, and a file beside it. */
    private void makeLevels(int levels) throws VarveException {
        Directory at = host.directory(TOP.resolve("tree"));
        for (int i = 0; i < levels; i++) {
            at.makeDirectory(DOWN, 0755);
            at.create(FILE, 0644).close();
            Directory next = at.open(DOWN);
            at.close();
            at = next;
        }
        at.close();
    }

    private void remove() throws VarveException {
        try (Directory top = host.directory(TOP)) {
            TreeRemover.remove(top, TREE);
        }
    }

    private Usage usage() throws VarveException {
        try (Directory tree = host.directory(TOP.resolve("tree"))) {
            return TreeUsage.of(tree, new NoMarks());
        }
    }

    private boolean isThere(Path path) throws VarveException {
        try (Directory above = host.directory(path.getParent())) {
            return above.find(EntryName.of(path.getFileName().toString())).isPresent();
        }
    }

    private void bind(Path source, Path target) throws VarveException {
        host.mounts()
                .mount(new MountPlan(target, java.util.List.of(new MountStep.Bind(source, Set.of())),
                        new MountProof.Bound(false)));
    }

    @Test
    void aTreeOfManyLevelsIsMeasuredAndRemoved() throws VarveException {
        makeLevels(LEVELS);
        assertThat(usage().inodes()).isEqualTo(1 + 2L * LEVELS);
        remove();
        assertThat(isThere(TOP.resolve("tree"))).isFalse();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void fewHandlesAreHeldOnAWayOfAnyDepth() throws VarveException {
        makeLevels(4 * Way.MAX_OPEN);
        int most = 1 + Way.MAX_OPEN + 4 * Way.MAX_OPEN / Way.LASTING;
        try (Directory top = host.directory(TOP); Descent descent = new Descent(top)) {
            EntryName name = TREE;
            for (int i = 0; i < 4 * Way.MAX_OPEN; i++) {
                descent.enter(name, entered -> {});
                name = DOWN;
                assertThat(host.openHandles()).isLessThanOrEqualTo(most);
            }
            while (!descent.isOver()) {
                descent.leave();
                assertThat(host.openHandles()).isLessThanOrEqualTo(most);
            }
        }
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void aDirectoryThatTookThePlaceOfOneOnTheWayIsNotEntered() throws VarveException {
        makeLevels(2 * Way.MAX_OPEN);
        try (Directory top = host.directory(TOP); Descent descent = new Descent(top)) {
            EntryName name = TREE;
            for (int i = 0; i < 2 * Way.MAX_OPEN; i++) {
                descent.enter(name, entered -> {});
                name = DOWN;
            }
            top.rename(TREE, top, EntryName.of("moved"), false);
            top.makeDirectory(TREE, 0755);
            assertThatExceptionOfType(VarveException.class).isThrownBy(() -> {
                while (!descent.isOver()) {
                    descent.leave();
                }
            }).withMessageContaining("another directory has its name");
        }
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void whatIsMountedInATreeIsNeitherRemovedNorMeasured() throws VarveException {
        makeLevels(3);
        Path precious = Path.of("/precious");
        host.makeDirectories(precious);
        host.writeFile(precious.resolve("data"), "data".getBytes(StandardCharsets.UTF_8));
        Usage before = usage();
        Path point = TOP.resolve("tree/d/d");
        bind(precious, point);
        assertThat(usage().inodes()).isLessThan(before.inodes());
        assertThat(usage().size()).isZero();
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(this::remove)
                .withMessageContaining("tree/d/d")
                .withMessageContaining("mounted");
        assertThat(isThere(precious.resolve("data"))).isTrue();
        host.mounts().unmount(point, UnmountMode.STRICT);
        remove();
        assertThat(isThere(TOP.resolve("tree"))).isFalse();
        assertThat(isThere(precious.resolve("data"))).isTrue();
    }

    @Test
    void aTreeThatIsAMountItselfIsNotRemoved() throws VarveException {
        Path precious = Path.of("/precious");
        host.makeDirectories(precious);
        host.writeFile(precious.resolve("data"), "data".getBytes(StandardCharsets.UTF_8));
        bind(precious, TOP.resolve("tree"));
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(this::remove);
        assertThat(isThere(precious.resolve("data"))).isTrue();
    }
}
