import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;

/**
 * Prints ratios of interleaved medians; started by {@code bench/run}. Absolute times say little on a shared machine, so
 * each figure stands beside a peer or a floor that was timed in turn with it.
 */
final class Bench {
    private static final int BLOCK = 512;
    private final Path work;

    private Bench(Path work) {
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        Bench bench = new Bench(Path.of(arguments[0]));
        List<String> wanted = List.of(arguments).subList(1, arguments.length);
        if (wanted.contains("apply")) {
            bench.apply();
        }
        if (wanted.contains("changes")) {
            bench.changes();
        }
        if (wanted.contains("mount")) {
            bench.mount();
        }
    }

    /** 100,000 files of 100 to 2,000 bytes from a plain tar, whole processes: Varve with its JVM's start, and GNU tar. */
    private void apply() throws Exception {
        Path archive = work.resolve("small.tar");
        writeSmallFiles(archive);
        int rounds = 5;
        double[] varve = new double[rounds];
        double[] tar = new double[rounds];
        double[] synced = new double[rounds];
        for (int r = -1; r < rounds; r++) { // the first round warms the caches and does not count
            Path store = fresh("store");
            double v = seconds("./varve", "--store", store.toString(), "--driver", "overlay", "layer", "apply", "a",
                    archive.toString());
            Path plain = fresh("tar");
            double t = seconds("tar", "-xf", archive.toString(), "-C", plain.toString());
            Path flushed = fresh("tar-synced");
            double s = seconds("sh", "-c", "tar -xf " + archive + " -C " + flushed + " && sync -f " + flushed);
            if (r >= 0) {
                varve[r] = v;
                tar[r] = t;
                synced[r] = s;
            }
        }
        report("apply 100,000 files / tar -x (which syncs nothing)", ratios(varve, tar), median(varve), median(tar));
        report("apply 100,000 files / tar -x && sync -f", ratios(varve, synced), median(varve), median(synced));
        clear();
    }

    /** 50 edits on top of lower layers of 2,000 and of 20,000 files, in process. */
    private void changes() throws Exception {
        int rounds = 200;
        try (Varve small = edited("few", 2_000); Varve large = edited("many", 20_000)) {
            double[] few = new double[rounds];
            double[] many = new double[rounds];
            for (int r = -100; r < rounds; r++) {
                double f = changesOnce(small);
                double m = changesOnce(large);
                if (r >= 0) {
                    few[r] = f;
                    many[r] = m;
                }
            }
            report("changes after 50 edits, lowers of 20,000 files / of 2,000", ratios(many, few), median(many),
                    median(few));
        }
        clear();
    }

    private Varve edited(String name, int files) throws Exception {
        Varve varve = Varve.open(VarveConfig.of(fresh(name)).withDriver("overlay"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < files; i++) {
            entry(out, "d" + i % 50 + "/f" + i, ("content " + i).getBytes(StandardCharsets.UTF_8));
        }
        out.write(new byte[2 * BLOCK]);
        varve.layers().apply(new LayerId("base"), new ByteArrayInputStream(out.toByteArray()));
        varve.layers().create(new LayerId("edit"), new LayerId("base"));
        try (Lease lease = varve.layers().acquire(new LayerId("edit"))) {
            for (int i = 0; i < 50; i++) {
                Path directory = lease.path().resolve("d" + i);
                switch (i % 3) {
                    case 0 -> Files.writeString(directory.resolve("new"), "new");
                    case 1 -> Files.writeString(directory.resolve("f" + i), "changed");
                    default -> Files.delete(directory.resolve("f" + i));
                }
            }
        }
        return varve;
    }

    private static double changesOnce(Varve varve) throws Exception {
        long begin = System.nanoTime();
        int found = varve.layers().changes(new LayerId("edit")).list().size();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (found != 100) {
            throw new IllegalStateException("100 paths were changed, " + found + " were found");
        }
        return seconds;
    }

    /** Lease and release of a container's layer on 120 others, in process, and the bare calls. */
    private void mount() throws Exception {
        int layers = 120;
        int rounds = 7;
        Path floor = fresh("floor");
        double[] bare = new double[rounds];
        double[] varve = new double[rounds];
        try (Varve store = Varve.open(VarveConfig.of(fresh("deep")).withDriver("overlay"))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            entry(out, "file", "x".getBytes(StandardCharsets.UTF_8));
            out.write(new byte[2 * BLOCK]);
            Optional<LayerId> below = Optional.empty();
            for (int i = 0; i < layers; i++) {
                LayerId id = new LayerId("l" + i);
                store.layers().apply(id, below, new ByteArrayInputStream(out.toByteArray()),
                        LayerStore.Expected.ANYTHING);
                below = Optional.of(id);
            }
            LayerId top = new LayerId("top");
            store.layers().create(top, below, Map.of());
            for (int r = -10; r < rounds; r++) { // compiled by then, as in a process that lives
                double b = bareMount(floor, layers);
                double[] each = new double[200];
                for (int i = 0; i < each.length; i++) {
                    long begin = System.nanoTime();
                    store.layers().acquire(top).close();
                    each[i] = (System.nanoTime() - begin) / 1e9;
                }
                if (r >= 0) {
                    bare[r] = b;
                    varve[r] = median(each);
                }
            }
        }
        report("lease and release on 120 layers / bare mount and umount", ratios(varve, bare), median(varve),
                median(bare));
        clear();
    }

    private double bareMount(Path floor, int layers) throws Exception {
        Process process = new ProcessBuilder(work.resolve("floor-bin").toString(), floor.toString(),
                Integer.toString(layers), "200").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the floor failed");
        }
        return Double.parseDouble(said) / 1e6;
    }

    private static void writeSmallFiles(Path archive) throws IOException {
        Random random = new Random(7);
        try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(archive), 1 << 20)) {
            for (int i = 0; i < 100_000; i++) {
                byte[] content = new byte[100 + random.nextInt(1900)];
                random.nextBytes(content);
                entry(out, "d" + i / 2000 + "/s" + i / 50 + "/f" + i + ".txt", content);
            }
            out.write(new byte[2 * BLOCK]);
        }
    }

    private static void entry(OutputStream out, String name, byte[] content) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", content.length));
        put(header, 136, String.format("%011o", 1_700_000_000L));
        header[156] = '0';
        put(header, 257, "ustar\00000");
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o\0", sum));
        out.write(header);
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static double seconds(String... command) throws Exception {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed");
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double[] ratios(double[] ours, double[] theirs) {
        double[] ratios = new double[ours.length];
        for (int i = 0; i < ours.length; i++) {
            ratios[i] = ours[i] / theirs[i];
        }
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void report(String what, double[] ratios, double ours, double theirs) {
        double[] sorted = ratios.clone();
        Arrays.sort(sorted);
        System.out.printf("%-62s %5.2f  (%.2f to %.2f; %.2f ms / %.2f ms)%n", what, median(ratios), sorted[0],
                sorted[sorted.length - 1], ours * 1e3, theirs * 1e3);
    }

    private Path fresh(String name) throws IOException {
        Path directory = work.resolve("run").resolve(name);
        delete(directory);
        return Files.createDirectories(directory);
    }

    private void clear() throws IOException {
        delete(work.resolve("run"));
    }

    private static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> all = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(root)) {
            walk.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
