package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.testkit.edit.Edit;
import dev.varve.testkit.edit.EditGenerator;
import dev.varve.testkit.edit.Editor;
import dev.varve.testkit.edit.ExpectedChanges;
import dev.varve.testkit.edit.LayerListing;
import dev.varve.testkit.edit.RandomTree;
import dev.varve.testkit.edit.Rights;
import dev.varve.testkit.edit.Seed;
import dev.varve.testkit.tree.TreeListing;

/**
 * Whatever is done to a layer: its tree becomes what the same operations make of a plain directory and of a tree in
 * memory; the changes that are told are those between the two listings; and their archive makes the same tree again.
 */
public abstract class TreeEditsContract extends LayerStoreContract {
    private static final int SEQUENCES = 300;
    private static final int MOST_EDITS = 40;
    private static final int THREADS = 4;
    /** So many sequences begin with the same base layer. */
    private static final int PER_BASE = 10;

    /** For the subclasses, one a driver. */
    protected TreeEditsContract() {}

    /** Whether the driver's writable layers are overlays: see {@link Editor#asOverlay}. */
    protected abstract boolean overlay();

    @Test
    void sequencesOfOperationsHaveOneResult() throws Exception {
        Seed seed = Seed.of(getClass().getSimpleName(), SEQUENCES);
        long end = seed.first() + seed.sequences();
        AtomicLong next = new AtomicLong(Math.floorDiv(seed.first(), PER_BASE));
        // Most of the time goes by in waiting for the disk.
        inThreads(THREADS, () -> {
            for (long base = next.getAndIncrement(); base * PER_BASE < end; base = next.getAndIncrement()) {
                runAll(base, Math.max(seed.first(), base * PER_BASE), Math.min(end, (base + 1) * PER_BASE));
            }
            return null;
        });
        assertThat(ids()).as("layers that are left").isEmpty();
    }

    private void runAll(long base, long from, long to) throws Exception {
        HostFacts host = host().syscalls().host();
        create("base-" + base, "");
        try (RandomTree tree = RandomTree.of(base, host, true);
                Lease lease = layers().acquire(id("base-" + base));
                Directory root = host().syscalls().directory(lease.path())) {
            tree.repeat(Editor.of(root), 0);
        }
        for (long n = from; n < to; n++) {
            List<Object> story = new ArrayList<>();
            try (RandomTree tree = RandomTree.of(base, host, true)) {
                story.add("base:");
                story.addAll(tree.edits());
                new Sequence(n, "base-" + base, story).run(tree);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(e.getMessage() + "\n" + Seed.again(n) + "\n" + print(story), e);
            }
        }
        layers().remove(id("base-" + base));
    }

    private static String print(List<Object> story) {
        String longest = "x".repeat(255);
        return String.join("\n", story.stream().map(o -> o.toString().replace(longest, "x{255}")).toList());
    }

    /** One sequence, on a layer of its own. */
    private final class Sequence {
        private final long seed;
        private final String base;
        private final List<Object> story;
        private final String work;
        private final String copy;
        private final EntryName plainName;

        Sequence(long seed, String base, List<Object> story) {
            this.seed = seed;
            this.base = base;
            this.story = story;
            this.work = "work-" + seed;
            this.copy = "copy-" + seed;
            this.plainName = EntryName.of("plain-" + seed);
        }

        void run(RandomTree tree) throws Exception {
            create(work, base);
            TreeListing before;
            TreeListing after;
            try (Directory top = host().syscalls().directory(directory())) {
                top.makeDirectory(plainName, 0755);
                try (Directory plain = top.open(plainName);
                        Lease lease = layers().acquire(id(work));
                        Directory layer = host().syscalls().directory(lease.path())) {
                    tree.repeat(Editor.of(plain), 0);
                    before = LayerListing.of(layer);
                    LayerListing.of(plain).assertSameAs(before, "the plain directory, and the layer, as they begin");
                    edit(tree, plain, layer);
                    after = LayerListing.of(layer);
                    after.assertSameAs(LayerListing.of(plain), "the layer, and the plain directory");
                    LayerListing.of(tree.root()).assertSameAs(after, "the tree in memory, and the layer");
                }
                Editor.of(top).apply(new Edit.Remove(EntryPath.ROOT.child(plainName)), Instant.EPOCH);
            }
            changesAre(before, after);
            archiveMakesTheSame(after);
            layers().remove(id(work));
        }

        private void edit(RandomTree tree, Directory plain, Directory layer) throws VarveException {
            story.add("edits:");
            EditGenerator generator = new EditGenerator(seed, Rights.of(host().syscalls().host()), true);
            int begun = tree.edits().size();
            tree.change(generator, editor(tree.root()), generator.between(1, MOST_EDITS), story);
            tree.repeat(editor(plain), begun);
            tree.repeat(Editor.of(layer), begun);
        }

        private Editor editor(Directory root) throws VarveException {
            return overlay() ? Editor.asOverlay(root) : Editor.of(root);
        }

        private void changesAre(TreeListing before, TreeListing after) throws VarveException {
            List<String> told = changes(work);
            assertThat(told).as("changes, each told once").doesNotHaveDuplicates();
            Set<String> expected = overlay() ? ExpectedChanges.betweenFiles(before, after)
                    : ExpectedChanges.between(before, after);
            Set<String> missing = new TreeSet<>(expected);
            told.forEach(missing::remove);
            assertThat(missing).as("changes that were not told").isEmpty();
            Set<String> more = new TreeSet<>(told);
            more.removeAll(expected);
            // A delta has the files too that were opened for a change which then was none.
            more.removeIf(line -> overlay() && line.startsWith("C ")
                    && ExpectedChanges.isSame(before, after, line.substring(2)));
            assertThat(more).as("changes that were none").isEmpty();
        }

        private void archiveMakesTheSame(TreeListing after) throws IOException {
            byte[] archive = diff(work);
            assertThat(diff(work)).as("the same archive twice").isEqualTo(archive);
            apply(copy, base, archive);
            try (Lease lease = layers().acquire(id(copy)); Directory root = host().syscalls().directory(lease.path())) {
                LayerListing.inArchive(LayerListing.of(root))
                        .assertSameAs(LayerListing.inArchive(after), "the layer that the archive makes, and the layer");
            }
            layers().remove(id(copy));
        }
    }
}
