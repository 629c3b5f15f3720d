package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.TreeForm;
import dev.varve.ports.store.Catalogue;

/** What every {@link Catalogue} does when several processes and threads use one store at once. */
public abstract class SharedCatalogueContract extends CatalogueSuite {
    private static final int THREADS = 16;

    /** For subclasses. */
    protected SharedCatalogueContract() {}

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
                            TreeForm.DELTA, Optional.empty(), Map.of(), NOW));
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
