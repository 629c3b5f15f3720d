package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.testkit.edit.EditGenerator;
import dev.varve.testkit.edit.Editor;
import dev.varve.testkit.edit.LayerListing;
import dev.varve.testkit.edit.RandomTree;
import dev.varve.testkit.edit.Rights;
import dev.varve.testkit.edit.Seed;
import dev.varve.testkit.tree.TreeListing;

/**
 * For any two trees a and b, new ones each time: the difference, applied upon a, gives b. It has the same bytes each time it is asked for,
 * whatever driver it is asked of, so what one driver wrote is what another one applies.
 */
class DiffLawsIT {
    private static final int PAIRS = 300;
    private static final int MOST_EDITS = 30;
    private static final LayerId COPY = new LayerId("copy");
    private final Map<String, Varve> stores = new LinkedHashMap<>();
    private Path directory;

    @BeforeEach
    void openStores() throws IOException {
        directory = Drivers.freshDirectory();
        stores.put("vfs", Varve.open(VarveConfig.of(directory.resolve("vfs")).withDriver("vfs")));
        if (Drivers.isRoot()) {
            stores.put("overlay", Varve.open(VarveConfig.of(directory.resolve("overlay")).withDriver("overlay")));
            stores.put("hardlink",
                    Varve.open(VarveConfig.of(directory.resolve("hardlink"))
                            .withDriver("overlay")
                            .withOption("overlay.strategy", "hardlink")));
        }
    }

    @AfterEach
    void closeStores() throws IOException {
        for (Varve store : stores.values()) {
            store.close();
        }
        Drivers.delete(directory);
    }

    @Test
    void aDifferenceAppliedGivesTheOtherTree() throws Exception {
        Seed seed = Seed.of("DiffLawsIT", PAIRS);
        for (long n = seed.first(); n < seed.first() + seed.sequences(); n++) {
            Pair pair = Pair.of(n);
            try (RandomTree a = pair.tree(0); RandomTree b = pair.tree(1)) {
                try {
                    make("a", a);
                    holds("a", "b", make("b", b));
                } catch (IOException | AssertionError e) {
                    throw new AssertionError(
                            e.getMessage() + "\n" + Seed.again(n) + "\n" + print("a", a) + "\n" + print("b", b), e);
                }
            }
            for (Varve store : stores.values()) {
                store.layers().remove(new LayerId("a"));
                store.layers().remove(new LayerId("b"));
            }
        }
    }

    /** Two trees that come of one seed: they begin alike in two cases of three, and have nothing in common in the third. */
    private record Pair(long seed, boolean alike) {
        static Pair of(long seed) {
            return new Pair(seed, new Random(seed).nextInt(3) > 0);
        }

        RandomTree tree(int number) throws VarveException {
            HostFacts host = Kernel.syscalls().host();
            // Far from those of the next pairs.
            Random seeds = new Random(~seed);
            long begin = seeds.nextLong();
            long[] others = {seeds.nextLong(), seeds.nextLong(), seeds.nextLong()};
            RandomTree tree = RandomTree.of(alike || number == 0 ? begin : others[2], host, false);
            if (number == 1) {
                tree.pause(); // other content of the same size at the same time would be no change
            }
            EditGenerator generator = new EditGenerator(others[number], Rights.of(host), false);
            tree.change(generator, Editor.of(tree.root()), generator.between(0, MOST_EDITS), new ArrayList<>());
            return tree;
        }
    }

    private static String print(String name, RandomTree tree) {
        return "tree " + name + ":\n" + String.join("\n", tree.edits().stream().map(Object::toString).toList());
    }

    /** Makes the tree a layer of each store. */
    private TreeListing make(String name, RandomTree tree) throws IOException {
        LayerId id = new LayerId(name);
        TreeListing expected = LayerListing.of(tree.root());
        for (Map.Entry<String, Varve> store : stores.entrySet()) {
            LayerStore layers = store.getValue().layers();
            layers.create(id, Optional.empty(), Map.of());
            try (Lease lease = layers.acquire(id); Directory root = Kernel.syscalls().directory(lease.path())) {
                tree.repeat(Editor.of(root), 0);
                LayerListing.of(root).assertSameAs(expected, "tree " + name + ", in " + store.getKey());
            }
        }
        return LayerListing.inArchive(expected);
    }

    private void holds(String a, String b, TreeListing expected) throws IOException {
        byte[] known = {};
        for (Map.Entry<String, Varve> store : stores.entrySet()) {
            String name = store.getKey();
            LayerStore layers = store.getValue().layers();
            byte[] archive = diff(layers, a, b);
            assertThat(diff(layers, a, b)).as("the archive of %s, twice", name).isEqualTo(archive);
            if (known.length > 0) {
                assertThat(archive).as("the archive of %s, and that of another driver", name).isEqualTo(known);
            }
            known = archive;
            layers.apply(COPY, Optional.of(new LayerId(a)), new ByteArrayInputStream(archive), Expected.ANYTHING);
            try (Lease lease = layers.acquire(COPY); Directory root = Kernel.syscalls().directory(lease.path())) {
                LayerListing.inArchive(LayerListing.of(root))
                        .assertSameAs(expected, b + " upon " + a + ": what " + name + " makes of the archive");
            }
            layers.remove(COPY);
        }
    }

    private static byte[] diff(LayerStore layers, String a, String b) throws VarveException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layers.diff(new LayerId(b), Optional.of(new LayerId(a)), Comparison.METADATA).writeTo(out, Compression.NONE);
        return out.toByteArray();
    }
}
