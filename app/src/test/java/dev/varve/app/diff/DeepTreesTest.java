package dev.varve.app.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;

import dev.varve.app.tree.Marks;
import dev.varve.app.tree.Omissions;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerWriter;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.testkit.fake.MemorySyscalls;

/** A container can make directories of any depth, one in the other: they take neither a stack nor many handles. */
class DeepTreesTest {
    private static final int LEVELS = 1500;
    /** Of two trees that are walked beside one another. */
    private static final int MOST_HANDLES = 600;
    private static final WhiteoutFormat.Overlay OVERLAY = new WhiteoutFormat.Overlay(
            WhiteoutFormat.XattrNamespace.TRUSTED, WhiteoutFormat.Form.DEVICE);
    private static final Path OLDER = Path.of("/older");
    private static final Path NEWER = Path.of("/newer");
    private static final EntryName LEVEL = EntryName.of("d");
    private final MemorySyscalls host = MemorySyscalls.create();
    private int mostHandles;
    private long told;

    private Directory open(Path tree) throws VarveException {
        return host.directory(tree);
    }

    /** Makes directories within each other, and files in the last one and half way down. */
    private void makeTree(Path at, String... names) throws VarveException {
        host.makeDirectories(at);
        Directory directory = open(at);
        for (int level = 1; level <= LEVELS; level++) {
            directory.makeDirectory(LEVEL, 0755);
            Directory inner = directory.open(LEVEL);
            directory.close();
            directory = inner;
            if (level == LEVELS || level == LEVELS / 2) {
                for (String name : names) {
                    try (OpenFile file = directory.create(EntryName.of(name), 0644)) {
                        file.write(0, name.getBytes(UTF_8), 0, name.length());
                        file.setModified(java.time.Instant.EPOCH);
                    }
                }
            }
            directory.setModified(java.time.Instant.EPOCH);
        }
        directory.close();
    }

    /** Counts what it hears, and the handles meanwhile. */
    private final class Counter implements ChangeVisitor {
        private final ChangeVisitor next;

        private Counter(ChangeVisitor next) {
            this.next = next;
        }

        private void count() {
            told++;
            mostHandles = Math.max(mostHandles, host.openHandles());
        }

        @Override
        public void deleted(EntryPath path) throws VarveException {
            count();
            next.deleted(path);
        }

        @Override
        public void present(ChangeKind kind, EntryPath path, Directory parent, EntryName name, FileStat stat)
                throws VarveException {
            count();
            assertThat(parent.find(name)).as("%s in its directory", name).isPresent();
            next.present(kind, path, parent, name, stat);
        }

        @Override
        public void root(Directory root, boolean shown) throws VarveException {
            next.root(root, shown);
        }
    }

    /** With a stack on which nothing can recurse so many times. */
    private static <T> T onSmallStack(Callable<T> task) throws Exception {
        FutureTask<T> run = new FutureTask<>(task);
        Thread thread = new Thread(null, run, "small stack", 192 << 10);
        thread.start();
        return run.get();
    }

    private void walkDelta(ChangeVisitor visitor) throws Exception {
        Marks marks = Marks.of(new LayerTree.Delta(NEWER, OVERLAY));
        try (UnionView below = new UnionView(List.of(open(OLDER)), List.of(Marks.of(new LayerTree.Full(OLDER))));
                Directory root = open(NEWER)) {
            new DeltaWalk(marks, OVERLAY, below, new Counter(visitor)).run(root);
        }
    }

    private void compare(ChangeVisitor visitor) throws VarveException {
        try (Directory older = open(OLDER); Directory newer = open(NEWER)) {
            new TreeComparison(older, newer, Comparison.CONTENT, new Counter(visitor)).run();
        }
    }

    private void assertFewHandles() {
        assertThat(mostHandles).as("handles").isBetween(100, MOST_HANDLES);
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void aDeltaIsWalked() throws Exception {
        makeTree(OLDER, "same");
        makeTree(NEWER, "same", "new");
        ChangeCollector changes = new ChangeCollector();
        onSmallStack(() -> {
            walkDelta(changes);
            return changes;
        });
        assertThat(changes.sorted()).hasSize(LEVELS + 4);
        assertFewHandles();
    }

    @Test
    void twoTreesAreComparedAndTheWayToAChangeIsToldOnce() throws Exception {
        makeTree(OLDER, "same", "gone");
        makeTree(NEWER, "same", "new");
        ChangeCollector changes = new ChangeCollector();
        onSmallStack(() -> {
            compare(changes);
            return changes;
        });
        assertThat(changes.sorted()).hasSize(LEVELS + 4);
        assertFewHandles();
    }

    @Test
    void theDifferenceIsWritten() throws Exception {
        makeTree(OLDER);
        makeTree(NEWER, "new");
        Archives archives = ServiceLoader.load(Archives.class).findFirst().orElseThrow();
        try (LayerWriter writer = archives.writer(OutputStream.nullOutputStream())) {
            onSmallStack(() -> {
                compare(new DiffArchiver(writer, new Omissions()));
                return writer;
            });
            writer.finish();
        }
        assertThat(told).isEqualTo(LEVELS + 2L);
        assertFewHandles();
    }
}
