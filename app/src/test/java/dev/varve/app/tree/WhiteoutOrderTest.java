package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.varve.app.tree.LayerModel.Item;
import dev.varve.app.tree.LayerModel.Item.Opaque;
import dev.varve.app.tree.LayerModel.Item.Put;
import dev.varve.app.tree.LayerModel.Item.Removed;
import dev.varve.domain.whiteout.WhiteoutFormat.Form;
import dev.varve.testkit.edit.Seed;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/** Whiteouts hide what lies below and nothing else, in whichever order the entries of a layer come. */
class WhiteoutOrderTest {
    private static final Map<String, String> LOWER = lower();
    private static final List<Item> WHITEOUTS = List.of(new Removed("c/x"), new Removed("c"), new Opaque("c"),
            new Removed("c/sub"), new Removed("c/sub/y"), new Opaque("c/sub"), new Removed("f"), new Opaque(""),
            new Removed("lib"), new Removed("lib/a"), new Opaque("lib"), new Removed("usr/lib/a"), new Removed("usr"),
            new Removed("d/l/x"), new Removed("d/up/f"), new Opaque("d/up/c"), new Removed("d"), new Removed("no/x"),
            new Removed("f/x"), new Removed("c/sub/deep/z"), new Opaque("c/sub/deep"));
    private static final List<Item> PUTS = List.of(new Put("c", "dir 711"), new Put("c", "now a file"),
            new Put("c/back", "back"), new Put("c/x", "new x"), new Put("c/sub", "dir 700"),
            new Put("c/sub/new", "new"), new Put("c/sub/deep/new", "new"), new Put("f", "new f"),
            new Put("f", "dir 777"), new Put("f/in", "in"), new Put("lib", "dir 755"), new Put("lib", "-> usr/lib"),
            new Put("lib", "-> c"), new Put("usr/lib/b", "b"), new Put("d", "-> c"), new Put("no/x", "x"),
            new Put("usr", "dir 755"));

    private static Map<String, String> lower() {
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("c", "dir 750");
        tree.put("c/x", "x");
        tree.put("c/sub", "dir 710");
        tree.put("c/sub/y", "y");
        tree.put("c/sub/deep", "dir 701");
        tree.put("c/sub/deep/z", "z");
        tree.put("d", "dir 755");
        tree.put("d/l", "-> ../c");
        tree.put("d/up", "-> ../lib/../..");
        tree.put("f", "old f");
        tree.put("lib", "-> usr/lib");
        tree.put("usr", "dir 755");
        tree.put("usr/lib", "dir 755");
        tree.put("usr/lib/a", "a");
        return tree;
    }

    private static byte[] archive(Iterable<Item> items) {
        TarBuilder tar = new TarBuilder();
        items.forEach(item -> item.in(tar));
        return tar.build();
    }

    private static void sameInEachOrder(List<Item> items) throws IOException {
        DeltaFixture layers = new DeltaFixture(MemorySyscalls.create(), archive(lowerItems()));
        for (List<Item> order : orders(items)) {
            sameAsTheModel(layers, order);
        }
    }

    private static List<Item> lowerItems() {
        List<Item> lower = new ArrayList<>();
        LOWER.forEach((path, value) -> lower.add(new Put(path, value)));
        return lower;
    }

    private static void sameAsTheModel(DeltaFixture layers, List<Item> items) throws IOException {
        Map<String, String> expected = LayerModel.of(LOWER, items);
        byte[] archive = archive(items);
        assertThat(layers.full(archive)).as("a full tree of %s", items).isEqualTo(expected);
        assertThat(layers.delta(archive, Form.DEVICE)).as("a delta of %s", items).isEqualTo(expected);
        assertThat(layers.delta(archive, Form.XATTR)).as("a delta of %s", items).isEqualTo(expected);
    }

    private static List<List<Item>> orders(List<Item> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Item>> orders = new ArrayList<>();
        for (Item first : items) {
            List<Item> others = new ArrayList<>(items);
            others.remove(first);
            for (List<Item> rest : orders(others)) {
                List<Item> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                orders.add(order);
            }
        }
        return orders;
    }

    @Test
    void aDirectoryThatIsHiddenStaysHiddenThoughWhiteoutsAreBeneathIt() throws IOException {
        sameInEachOrder(List.of(new Removed("c/x"), new Removed("c")));
        sameInEachOrder(List.of(new Removed("c/sub/y"), new Removed("c/sub"), new Opaque("c")));
        assertThat(LayerModel.of(LOWER, List.of(new Removed("c/x"), new Removed("c")))).doesNotContainKey("c");
    }

    @Test
    void allWaysToHideADirectoryThatComesBackMeanTheSameInEachOrder() throws IOException {
        List<Item> all = List.of(new Removed("c/x"), new Removed("c"), new Put("c", "dir 711"),
                new Put("c/back", "back"), new Opaque("c"));
        for (int chosen = 1; chosen < 1 << all.size(); chosen++) {
            List<Item> some = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if ((chosen >> i & 1) != 0) {
                    some.add(all.get(i));
                }
            }
            sameInEachOrder(some);
        }
    }

    @Test
    void aWhiteoutBehindALinkOfALowerLayerFollowsItUnlessTheLayerHasSomethingElseThere() throws IOException {
        sameInEachOrder(List.of(new Removed("lib/a"), new Put("usr/lib/b", "b")));
        sameInEachOrder(List.of(new Removed("lib/a"), new Put("lib", "-> usr/lib")));
        assertThat(LayerModel.of(LOWER, List.of(new Removed("lib/a"), new Put("lib", "-> usr/lib"))))
                .doesNotContainKey("usr/lib/a");
        for (Item other : Arrays.asList(new Put("lib", "dir 755"), new Put("lib", "-> usr"), new Put("lib", "file"),
                new Removed("lib"))) {
            sameInEachOrder(List.of(new Removed("lib/a"), new Opaque("lib"), other));
            assertThat(LayerModel.of(LOWER, List.of(new Removed("lib/a"), new Opaque("lib"), other)))
                    .containsEntry("usr/lib/a", "a");
        }
    }

    @Test
    void aWhiteoutDoesNotFollowALinkOfALowerLayerThatTheLayerHidesAndHasOnceMore() throws IOException {
        for (List<Item> items : List.<List<Item>>of(
                List.of(new Removed("lib"), new Removed("lib/a"), new Put("lib", "-> usr/lib")),
                List.of(new Removed("lib"), new Opaque("lib"), new Put("lib", "-> usr/lib"), new Put("d", "-> c")))) {
            sameInEachOrder(items);
            assertThat(LayerModel.of(LOWER, items)).containsEntry("usr/lib/a", "a");
        }
    }

    @Test
    void whatIsHiddenStaysHiddenHoweverOftenTheLayerReplacesIt() throws IOException {
        DeltaFixture layers = new DeltaFixture(MemorySyscalls.create(), archive(lowerItems()));
        List<Put> ofC = List.of(new Put("c", "file"), new Put("c", "dir 700"), new Put("c", "-> usr"));
        List<Put> ofLib = List.of(new Put("lib", "dir 755"), new Put("lib", "file"), new Put("lib", "-> usr/lib"));
        for (List<Put> puts : List.of(ofC, ofLib)) {
            String path = puts.getFirst().path();
            for (List<Item> order : orders(List.copyOf(puts))) {
                for (Item whiteout : path.equals("c") ? List.of(new Removed(path), new Opaque(path))
                        : List.<Item>of(new Removed(path))) {
                    for (int at = 0; at <= order.size(); at++) {
                        List<Item> items = new ArrayList<>(order);
                        items.add(at, whiteout);
                        items.add(new Removed("lib/a"));
                        sameAsTheModel(layers, items);
                    }
                }
            }
        }
    }

    @Test
    void randomLayersMeanTheSameInEachOrder() throws IOException {
        Seed seed = Seed.of("WhiteoutOrderTest", 300);
        for (int sequence = 0; sequence < seed.sequences(); sequence++) {
            Random random = new Random(seed.first() + sequence);
            List<Item> items = new ArrayList<>();
            List<Item> whiteouts = new ArrayList<>(WHITEOUTS);
            Collections.shuffle(whiteouts, random);
            items.addAll(whiteouts.subList(0, 1 + random.nextInt(3)));
            List<Item> puts = new ArrayList<>(PUTS);
            Collections.shuffle(puts, random);
            Set<String> taken = new HashSet<>();
            for (Item item : puts.subList(0, random.nextInt(3))) {
                Put put = (Put) item;
                if (fits(put, items, taken)) {
                    items.add(put);
                }
            }
            try {
                sameInEachOrder(items);
            } catch (AssertionError | IOException e) {
                throw new AssertionError(Seed.again(seed.first() + sequence) + ": " + items, e);
            }
        }
    }

    /** Whether the entry agrees with the others: one path each, and nothing beneath a file or behind a link. */
    private static boolean fits(Put put, List<Item> items, Set<String> taken) {
        if (!taken.add(put.path())) {
            return false;
        }
        boolean directory = put.value().startsWith("dir ");
        for (Item item : items) {
            if (item instanceof Put other && (!directory && other.path().startsWith(put.path() + "/")
                    || !other.value().startsWith("dir ") && put.path().startsWith(other.path() + "/"))) {
                return false;
            }
        }
        return true;
    }
}
