package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.store.Catalogue;

/** What every {@link Catalogue} must do. A subclass says how one is opened; each test begins with an empty store. */
@Timeout(120)
public abstract class CatalogueContract {
    private static final String DRIVER = "overlay";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private static final int THREADS = 16;
    private final List<Catalogue> opened = new ArrayList<>();
    private @Nullable Catalogue first;

    /** For subclasses. */
    protected CatalogueContract() {}

    /** Opens the store of this test once more, as another process does. */
    protected abstract Catalogue open(String driver) throws VarveException;

    @BeforeEach
    final void openFirst() throws VarveException {
        first = reopen();
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(Catalogue::close);
    }

    private Catalogue reopen() throws VarveException {
        Catalogue catalogue = open(DRIVER);
        opened.add(catalogue);
        return catalogue;
    }

    private Catalogue first() {
        return java.util.Objects.requireNonNull(first);
    }

    @Test
    void newCatalogueIsEmpty() throws VarveException {
        assertThat(first().layers()).isEmpty();
        assertThat(first().images()).isEmpty();
        assertThat(first().leases()).isEmpty();
        assertThat(first().find(new LayerId("a"))).isEmpty();
        assertThat(first().find(new LayerNumber(1))).isEmpty();
        assertThat(first().children(new LayerNumber(1))).isEmpty();
        assertThat(first().leases(new LayerNumber(1))).isEmpty();
    }

    @Test
    void otherDriverIsRefused() {
        assertThatExceptionOfType(StoreVersionException.class).isThrownBy(() -> open("aufs"))
                .withMessageContaining(DRIVER)
                .withMessageContaining("aufs");
    }

    @Test
    void putLayerIsFoundByIdAndNumberAndAfterReopening() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord top = layer("top", Optional.of(base.number())).updatedAt(NOW.plusNanos(1))
                .withContent(new Usage(1L << 40, 4096, 3), Optional.of(diffId("top")));
        first().put(base);
        first().put(top);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(top.id())).contains(top);
            assertThat(catalogue.find(top.number())).contains(top);
            assertThat(catalogue.layers()).containsExactly(base, top);
        }
    }

    @Test
    void putReplacesTheRecordOfTheSameNumber() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord other = layer("other", Optional.empty());
        LayerRecord old = layer("old", Optional.of(base.number()));
        LayerRecord renamed = LayerRecord.create(old.number(), new LayerId("new"), LayerKind.COMMITTED,
                Optional.of(other.number()), Map.of("k", "v"), NOW);
        first().put(base);
        first().put(other);
        first().put(old);
        first().put(renamed);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(old.id())).isEmpty();
            assertThat(catalogue.find(renamed.id())).contains(renamed);
            assertThat(catalogue.children(base.number())).isEmpty();
            assertThat(catalogue.children(other.number())).containsExactly(renamed);
        }
    }

    @Test
    void putOfTakenIdIsRefusedAndChangesNothing() throws VarveException {
        LayerRecord layer = layer("same", Optional.empty());
        LayerRecord second = layer("same", Optional.empty());
        first().put(layer);
        assertThatExceptionOfType(LayerExistsException.class).isThrownBy(() -> first().put(second));
        assertThat(first().layers()).containsExactly(layer);
        assertThat(reopen().layers()).containsExactly(layer);
    }

    @Test
    void layersAndChildrenAreByNumber() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        List<LayerRecord> children = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            children.add(layer("child " + i, Optional.of(base.number())));
        }
        for (LayerRecord child : children.reversed()) {
            first().put(child);
        }
        first().put(base);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.children(base.number())).containsExactlyElementsOf(children);
            assertThat(catalogue.layers()).hasSize(101).startsWith(base);
        }
    }

    @Test
    void removedLayerIsGoneWithItsLeases() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord child = layer("child", Optional.of(base.number()));
        first().put(base);
        first().put(child);
        first().putLeases(child.number(), List.of(lease(child.number(), "a", 0)));
        first().remove(child.number());
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(child.id())).isEmpty();
            assertThat(catalogue.children(base.number())).isEmpty();
            assertThat(catalogue.leases()).isEmpty();
            assertThat(catalogue.layers()).containsExactly(base);
        }
        first().put(layer("child", Optional.empty()));
    }

    @Test
    void leasesDoNotComeBackWithANumber() throws VarveException {
        LayerRecord layer = layer("a", Optional.empty());
        first().put(layer);
        first().putLeases(layer.number(), List.of(lease(layer.number(), "a", 0)));
        first().remove(layer.number());
        first().put(layer);
        assertThat(first().leases()).isEmpty();
        assertThat(reopen().leases()).isEmpty();
    }

    @Test
    void removingWhatIsNotThereSucceeds() throws VarveException {
        first().remove(new LayerNumber(77));
        first().removeImage(image("none", List.of()));
        first().putLeases(new LayerNumber(77), List.of());
        assertThat(first().layers()).isEmpty();
    }

    @Test
    void oddIdsAndLabelsRoundTrip() throws VarveException {
        List<String> ids = List.of("../x", "/", ".", "a/b:c,d\\e\"f", "\ud83d\udc33 \u00e9", " ", "x".repeat(4096),
                "\u20ac".repeat(1365), "null", "{}");
        List<LayerRecord> layers = new ArrayList<>();
        for (String id : ids) {
            LayerRecord layer = LayerRecord.create(first().nextNumber(), new LayerId(id), LayerKind.VIEW,
                    Optional.empty(),
                    Map.of("", "", id, id, "\u0000\n\u2028\ufffe", "\u0001\u007f", "long", "y".repeat(70000)),
                    Instant.parse("1969-12-31T23:59:59.000000001Z"));
            first().put(layer);
            layers.add(layer);
        }
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.layers()).containsExactlyElementsOf(layers);
            for (LayerRecord layer : layers) {
                assertThat(catalogue.find(layer.id())).contains(layer);
            }
        }
    }

    @Test
    void labelThatIsNoTextIsRefusedAndChangesNothing() throws VarveException {
        LayerNumber number = first().nextNumber();
        for (String half : List.of("\ud83d", "a\ud83d", "\ud83da", "\udc33", "\udc33a", "\ud83d\ud83d")) {
            for (Map<String, String> labels : List.of(Map.of("k", half), Map.of(half, "v"))) {
                assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> first().put(
                        LayerRecord.create(number, new LayerId("a"), LayerKind.ACTIVE, Optional.empty(), labels, NOW)));
            }
        }
        assertThat(first().layers()).isEmpty();
        assertThat(reopen().layers()).isEmpty();
    }

    @Test
    void imagesRoundTripWithNamesAndConfigurations() throws VarveException {
        LayerRecord top = layer("top", Optional.empty());
        first().put(top);
        byte[] config = config("one");
        ImageRecord one = new ImageRecord(Digest.sha256(config), List.of("debian:12", "deb\u00efan:latest"),
                List.of(diffId("a"), diffId("b")), top.number(), NOW);
        ImageRecord empty = image("empty", List.of());
        first().putImage(one, config);
        first().putImage(empty, config("empty"));
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.images()).containsExactlyInAnyOrder(one, empty)
                    .isSortedAccordingTo((a, b) -> a.config().compareTo(b.config()));
            assertThat(catalogue.imageConfig(one)).isEqualTo(config);
            assertThat(catalogue.imageConfig(empty)).isEqualTo(config("empty"));
        }
    }

    @Test
    void putImageReplacesTheRecordOfTheSameDigest() throws VarveException {
        ImageRecord image = image("one", List.of("a:1"));
        first().putImage(image, config("one"));
        first().putImage(image.withNames(List.of("b:1", "c:1")), config("one"));
        assertThat(reopen().images()).containsExactly(image.withNames(List.of("b:1", "c:1")));
        assertThat(first().imageConfig(image)).isEqualTo(config("one"));
    }

    @Test
    void removedImageIsGoneAndItsLayersAreNot() throws VarveException {
        LayerRecord layer = layer("a", Optional.empty());
        ImageRecord image = image("one", List.of("a:1"));
        first().put(layer);
        first().putImage(image, config("one"));
        first().removeImage(image);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.images()).isEmpty();
            assertThat(catalogue.layers()).containsExactly(layer);
            assertThatExceptionOfType(NoSuchImageException.class).isThrownBy(() -> catalogue.imageConfig(image));
        }
    }

    @Test
    void leasesRoundTripOldestFirst() throws VarveException {
        LayerRecord one = layer("one", Optional.empty());
        LayerRecord two = layer("two", Optional.empty());
        first().put(one);
        first().put(two);
        LeaseRecord old = lease(one.number(), "old", 0);
        LeaseRecord young = lease(one.number(), "young", 5);
        LeaseRecord other = lease(two.number(), "other", 1);
        first().putLeases(two.number(), List.of(other));
        first().putLeases(one.number(), List.of(young, old));
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.leases(one.number())).containsExactly(old, young);
            assertThat(catalogue.leases()).containsExactly(old, young, other);
        }
        first().putLeases(one.number(), List.of(young));
        first().putLeases(two.number(), List.of());
        assertThat(first().leases()).containsExactly(young);
        assertThat(reopen().leases()).containsExactly(young);
    }

    @Test
    void everyInstanceSeesTheOthersChangesAtOnce() throws VarveException {
        Catalogue second = reopen();
        List<LayerRecord> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            LayerRecord layer = layer("layer " + i, Optional.empty());
            (i % 2 == 0 ? first() : second).put(layer);
            all.add(layer);
            assertThat((i % 2 == 0 ? second : first()).find(layer.id())).contains(layer);
        }
        assertThat(first().layers()).containsExactlyElementsOf(all);
        assertThat(second.layers()).containsExactlyElementsOf(all);
        LayerRecord one = all.getFirst();
        first().putLeases(one.number(), List.of(lease(one.number(), "a", 0)));
        assertThat(second.leases(one.number())).hasSize(1);
        ImageRecord image = image("one", List.of("a:1"));
        second.putImage(image, config("one"));
        assertThat(first().images()).containsExactly(image);
        assertThat(first().imageConfig(image)).isEqualTo(config("one"));
        second.remove(one.number());
        assertThat(first().find(one.id())).isEmpty();
        assertThat(first().leases()).isEmpty();
    }

    @Test
    void instanceThatSleptThroughManyChangesSeesThemAll() throws VarveException {
        Catalogue sleeper = reopen();
        assertThat(sleeper.layers()).isEmpty();
        List<LayerRecord> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            LayerRecord layer = layer("layer " + i, Optional.empty());
            first().put(layer);
            all.add(layer);
        }
        first().remove(all.removeFirst().number());
        assertThat(sleeper.layers()).containsExactlyElementsOf(all);
    }

    @Test
    void numbersAreNeverGivenOutTwice() throws Exception {
        Set<LayerNumber> given = ConcurrentHashMap.newKeySet();
        AtomicInteger count = new AtomicInteger();
        for (int round = 0; round < 3; round++) {
            Catalogue one = reopen();
            Catalogue two = reopen();
            inThreads(i -> () -> {
                for (int k = 0; k < 50; k++) {
                    given.add((i % 2 == 0 ? one : two).nextNumber());
                    count.incrementAndGet();
                }
                return i;
            });
            one.close();
            two.close();
        }
        assertThat(given).hasSize(count.get()).hasSize(3 * THREADS * 50);
    }

    @Test
    void numberOfARemovedLayerIsNotGivenOutAgain() throws VarveException {
        LayerRecord layer = layer("a", Optional.empty());
        first().put(layer);
        first().remove(layer.number());
        Catalogue second = reopen();
        for (int i = 0; i < 200; i++) {
            assertThat(second.nextNumber()).isNotEqualTo(layer.number());
        }
    }

    @Test
    void ofSeveralPutsOfOneIdOneWins() throws Exception {
        Catalogue second = reopen();
        for (int round = 0; round < 10; round++) {
            String id = "contested " + round;
            AtomicInteger won = new AtomicInteger();
            inThreads(i -> () -> {
                Catalogue catalogue = i % 2 == 0 ? first() : second;
                try {
                    catalogue.put(LayerRecord.create(catalogue.nextNumber(), new LayerId(id), LayerKind.ACTIVE,
                            Optional.empty(), Map.of(), NOW));
                    won.incrementAndGet();
                } catch (LayerExistsException e) {
                    assertThat(catalogue.find(new LayerId(id))).isPresent();
                }
                return i;
            });
            assertThat(won).hasValue(1);
        }
        assertThat(first().layers()).hasSize(10).isEqualTo(second.layers());
    }

    @Test
    void exclusivelyKeepsOthersOut() throws Exception {
        Catalogue second = reopen();
        LayerRecord counter = layer("counter", Optional.empty());
        first().put(counter);
        inThreads(i -> () -> {
            Catalogue catalogue = i % 2 == 0 ? first() : second;
            for (int k = 0; k < 5; k++) {
                catalogue.exclusively(() -> {
                    LayerRecord now = catalogue.find(counter.number()).orElseThrow();
                    catalogue.put(now.updatedAt(now.updated().plusNanos(1)));
                    return now;
                });
            }
            return i;
        });
        assertThat(first().find(counter.number()).orElseThrow().updated()).isEqualTo(NOW.plusNanos(5 * THREADS));
    }

    @Test
    void exclusivelyIsReentrantAndPassesResultsAndFailuresOn() throws VarveException {
        String result = first().exclusively(() -> first().exclusively(() -> {
            first().put(layer("inside", Optional.empty()));
            return "done";
        }));
        assertThat(result).isEqualTo("done");
        LayerExistsException failure = new LayerExistsException(new LayerId("x"));
        assertThatExceptionOfType(LayerExistsException.class)
                .isThrownBy(() -> first().exclusively(() -> { throw failure; }))
                .isSameAs(failure);
        reopen().put(layer("after", Optional.empty()));
    }

    @Test
    void interruptedThreadFinishesItsWork() throws VarveException {
        Thread.currentThread().interrupt();
        try {
            first().put(layer("a", Optional.empty()));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(first().layers()).hasSize(1);
    }

    @Test
    void closingTwiceIsHarmless() throws VarveException {
        Catalogue second = reopen();
        second.close();
        second.close();
        first().put(layer("a", Optional.empty()));
    }

    private LayerRecord layer(String id, Optional<LayerNumber> parent) throws VarveException {
        return LayerRecord.create(first().nextNumber(), new LayerId(id), LayerKind.ACTIVE, parent,
                Map.of("containerd.io/uncompressed", "x"), NOW);
    }

    private static byte[] config(String name) {
        return ("{\"name\": \"" + name + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static ImageRecord image(String name, List<String> names) {
        return new ImageRecord(Digest.sha256(config(name)), names, List.of(), null, NOW);
    }

    private static DiffId diffId(String content) {
        return new DiffId(Digest.sha256(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static LeaseRecord lease(LayerNumber layer, String token, long age) {
        return new LeaseRecord(layer, token, 4711, "7a1f0c5e", Access.READ_WRITE, NOW.plusSeconds(age));
    }

    private static void inThreads(java.util.function.IntFunction<Callable<Integer>> task)
            throws InterruptedException, ExecutionException {
        try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                futures.add(executor.submit(task.apply(i)));
            }
            executor.shutdown();
            assertThat(executor.awaitTermination(100, TimeUnit.SECONDS)).isTrue();
            for (Future<Integer> future : futures) {
                future.get();
            }
        }
    }
}
