package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * For any two trees a and b: the difference, applied upon a, gives b. It has the same bytes each time it is asked for,
 * whatever driver it is asked of, so what one driver wrote is what another one applies.
 */
class DiffLawsIT {
    private static final int PAIRS = 40;
    private static final int TREES = 12;
    /** So many of them begin alike. */
    private static final int ALIKE = 3;
    private static final int MOST_EDITS = 30;
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
        List<TreeListing> trees = new ArrayList<>();
        for (int i = 0; i < TREES; i++) {
            trees.add(make(seed.first(), i));
        }
        for (long n = seed.first(); n < seed.first() + seed.sequences(); n++) {
            Random random = new Random(n);
            int a = random.nextInt(TREES);
            int b = random.nextInt(TREES);
            try {
                holds(a, b, trees.get(b));
            } catch (IOException | AssertionError e) {
                throw new AssertionError(e.getMessage() + "\ntree " + b + " upon tree " + a + ", -Dvarve.seed="
                        + seed.first() + "\n" + print(seed.first(), a) + "\n" + print(seed.first(), b), e);
            }
        }
    }

    private static RandomTree tree(long seed, int number) throws VarveException {
        HostFacts host = Kernel.syscalls().host();
        RandomTree tree = RandomTree.of(seed + number / ALIKE, host, false);
        EditGenerator generator = new EditGenerator(seed + number, Rights.of(host), false);
        tree.change(generator, Editor.of(tree.root()), generator.between(0, MOST_EDITS), new ArrayList<>());
        return tree;
    }

    private static String print(long seed, int number) throws VarveException {
        try (RandomTree tree = tree(seed, number)) {
            return "tree " + number + ":\n" + String.join("\n", tree.edits().stream().map(Object::toString).toList());
        }
    }

    /** Makes the tree a layer of each store. */
    private TreeListing make(long seed, int number) throws IOException {
        try (RandomTree tree = tree(seed, number)) {
            for (Varve store : stores.values()) {
                store.layers().create(id(number), Optional.empty(), Map.of());
                try (Lease lease = store.layers().acquire(id(number));
                        Directory root = Kernel.syscalls().directory(lease.path())) {
                    tree.repeat(Editor.of(root), 0);
                }
            }
            return LayerListing.inArchive(LayerListing.of(tree.root()));
        }
    }

    private static LayerId id(int number) {
        return new LayerId("tree-" + number);
    }

    private void holds(int a, int b, TreeListing expected) throws IOException {
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
            LayerId copy = new LayerId("copy");
            layers.apply(copy, Optional.of(id(a)), new ByteArrayInputStream(archive), Expected.ANYTHING);
            try (Lease lease = layers.acquire(copy); Directory root = Kernel.syscalls().directory(lease.path())) {
                LayerListing.inArchive(LayerListing.of(root))
                        .assertSameAs(expected, "what " + name + " makes of the archive");
            }
            layers.remove(copy);
        }
    }

    private static byte[] diff(LayerStore layers, int a, int b) throws VarveException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layers.diff(id(b), Optional.of(id(a)), Comparison.METADATA).writeTo(out, Compression.NONE);
        return out.toByteArray();
    }
}
