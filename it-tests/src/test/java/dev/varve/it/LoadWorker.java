package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;

/**
 * One process of the load test: many threads make layers upon shared parents, write in them, give them back and remove
 * them, until the time is over. It prints how many operations there were and which layers it left on purpose.
 */
final class LoadWorker {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    /** The catalogue keeps its own few open, once for each driver. */
    private static final int MOST_DESCRIPTORS = 32;
    static final String KEPT = "kept ";
    static final String DONE = "operations ";
    private final String name;
    private final LayerStore layers;
    private final List<String> parents;
    private final long end;
    private final AtomicLong operations = new AtomicLong();
    private final List<String> kept = java.util.Collections.synchronizedList(new ArrayList<>());

    private LoadWorker(String name, LayerStore layers, List<String> parents, Duration time) {
        this.name = name;
        this.layers = layers;
        this.parents = parents;
        this.end = System.nanoTime() + time.toNanos();
    }

    /** Arguments: driver, store, name of the process, threads, seconds, seed, and the parents. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        int threads = Integer.parseInt(words.get(3));
        long seed = Long.parseLong(words.get(5));
        try (Varve varve = Varve.open(VarveConfig.of(Path.of(words.get(1))).withDriver(words.get(0)))) {
            LoadWorker worker = new LoadWorker(words.get(2), varve.layers(), words.subList(6, words.size()),
                    Duration.ofSeconds(Long.parseLong(words.get(4))));
            worker.run(threads, seed);
            assertThat(descriptors()).as("descriptors that are open after the work")
                    .allMatch(d -> d.contains("/catalogue"))
                    .hasSizeLessThan(MOST_DESCRIPTORS);
            worker.kept.forEach(k -> System.out.println(KEPT + k));
            System.out.println(DONE + worker.operations.get());
        }
    }

    /** What is open of the store. */
    private static List<String> descriptors() throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            for (Path descriptor : (Iterable<Path>) all::iterator) {
                if (Files.isSymbolicLink(descriptor)) {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.contains("/stores/")) {
                        open.add(target);
                    }
                }
            }
        }
        return open;
    }

    private void run(int threads, long seed) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                running.add(pool.submit(() -> {
                    new Thread(number, new Random(seed + number)).run();
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    /** What one thread does: its layers are its own, their parents are everybody's. */
    private final class Thread {
        private final int number;
        private final Random random;
        private final List<String> mine = new ArrayList<>();
        private int made;

        Thread(int number, Random random) {
            this.number = number;
            this.random = random;
        }

        void run() throws IOException {
            while (System.nanoTime() < end) {
                switch (mine.isEmpty() ? 0 : random.nextInt(4)) {
                    case 0 -> make();
                    case 1 -> write(mine.get(random.nextInt(mine.size())));
                    case 2 -> read(parents.get(random.nextInt(parents.size())));
                    default -> {
                        String gone = mine.remove(random.nextInt(mine.size()));
                        layers.remove(new LayerId(gone));
                    }
                }
                operations.incrementAndGet();
            }
            kept.addAll(mine);
        }

        private void make() throws IOException {
            String layer = name + "-" + number + "-" + made++;
            String parent = parents.get(random.nextInt(parents.size()));
            layers.create(new LayerId(layer), Optional.of(new LayerId(parent)), Map.of());
            mine.add(layer);
            write(layer);
        }

        private void write(String layer) throws IOException {
            try (Lease lease = layers.acquire(new LayerId(layer))) {
                assertThat(lease.path().resolve("parent")).isRegularFile();
                Files.writeString(lease.path().resolve("owner"), layer);
            }
        }

        private void read(String parent) throws IOException {
            try (Lease lease = layers.acquire(new LayerId(parent))) {
                assertThat(lease.path().resolve("parent")).hasContent(parent);
            }
        }
    }
}
