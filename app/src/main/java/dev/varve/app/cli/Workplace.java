package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Lease;

/**
 * Where the quickstart works, and a list of what it has made: all of that goes again, however it ends. What the API made
 * is removed through the API, the directory last. For one thread.
 */
final class Workplace implements AutoCloseable {
    private final Path directory;
    private final VarveConfig config;
    private final boolean ownStore;
    private final String suffix;
    private final Deque<Lease> leases = new ArrayDeque<>();
    private final Deque<LayerId> layers = new ArrayDeque<>();
    private final Deque<String> images = new ArrayDeque<>();
    private @Nullable Varve varve;
    private boolean clean;

    private Workplace(Path directory, VarveConfig config, boolean ownStore) {
        this.directory = directory;
        this.config = config;
        this.ownStore = ownStore;
        // A store that is in use may have a layer of any name.
        this.suffix = ownStore ? "" : "-" + ProcessHandle.current().pid();
    }

    /** A fresh directory for files, and for the store unless the user named one. */
    static Workplace create(GlobalOptions options) throws IOException {
        Path base = base(Optional.ofNullable(System.getenv("TMPDIR")));
        Path directory = Files.createTempDirectory(base, "varve-quickstart-").toRealPath();
        boolean ownStore = options.store().isEmpty();
        VarveConfig config = ownStore ? options.configFor(directory.resolve("store")) : options.config();
        return new Workplace(directory, config, ownStore);
    }

    /** Where the user wants it, else on the disk: /tmp may be small and in memory, and drivers are choosy. */
    static Path base(Optional<String> wanted) throws CliException {
        List<String> candidates = wanted.isPresent() ? List.of(wanted.get()) : List.of("/var/tmp", "/tmp");
        for (String candidate : candidates) {
            Path path = GlobalOptions.path("TMPDIR", candidate);
            if (Files.isDirectory(path)) {
                return path;
            }
        }
        throw new CliException(ExitCode.NO_SUCH_THING,
                "no directory to work in: " + String.join(" and ", candidates) + " not there",
                "make one, and name it in TMPDIR");
    }

    VarveConfig config() {
        return config;
    }

    /** Whether the store is of the quickstart's making and goes with it. */
    boolean ownStore() {
        return ownStore;
    }

    /** A file or directory of this name beside the store. */
    Path file(String name) {
        return directory.resolve(name);
    }

    /** A name that is free in the store. */
    String free(String name) {
        return name + suffix;
    }

    Varve open() throws IOException {
        varve = Invocation.open(config);
        return varve;
    }

    Varve varve() {
        if (varve == null) {
            throw new IllegalStateException("the store is not open");
        }
        return varve;
    }

    Images.Image load(Path source, String name, Images.Progress progress) throws VarveException {
        Images.Image image = varve().images().load(source, Optional.of(name), progress);
        images.push(name);
        return image;
    }

    LayerId create(String name, Optional<LayerId> parent) throws VarveException {
        LayerId id = new LayerId(name);
        varve().layers().create(id, parent, Map.of());
        layers.push(id);
        return id;
    }

    /** Takes over a layer that was made otherwise. */
    void made(LayerId id) {
        layers.push(id);
    }

    Lease acquire(LayerId id) throws VarveException {
        Lease lease = varve().layers().acquire(id);
        leases.push(lease);
        return lease;
    }

    /** Gives leases back and removes layers, those that came last first, until there are none. */
    void removeLayers(Failure failures) {
        while (!leases.isEmpty()) {
            Lease lease = leases.pop();
            failures.attempt(lease::close);
            failures.attempt(() -> refuseMounts(Trees.mountsWithin(lease.path())));
        }
        while (!layers.isEmpty()) {
            LayerId id = layers.pop();
            failures.attempt(() -> varve().layers().remove(id));
        }
    }

    /** Removes all that is left. A second call does nothing. @return what was done, for people */
    List<String> cleanUp() throws IOException {
        if (clean) {
            return List.of();
        }
        clean = true;
        Failure failures = new Failure();
        List<String> done = new ArrayList<>();
        done.add("removed: " + Plain.count(leases.size(), "lease") + ", " + Plain.count(layers.size(), "layer") + ", "
                + Plain.count(images.size(), "image name"));
        removeLayers(failures);
        while (!images.isEmpty()) {
            String image = images.pop();
            failures.attempt(() -> varve().images().remove(image));
        }
        if (varve != null) {
            failures.attempt(varve::close);
        }
        failures.attempt(() -> {
            // Deleting would go on inside a mount.
            refuseMounts(Trees.mountsWithin(directory));
            Trees.delete(directory);
        });
        failures.raise();
        done.add("nothing is mounted; " + directory + " is deleted" + (ownStore ? ", the store with it" : ""));
        return done;
    }

    private void refuseMounts(List<MountInfo> mounted) throws CliException {
        if (!mounted.isEmpty()) {
            throw new CliException(ExitCode.IN_USE, "still mounted: " + mounted.getLast().mountPoint(),
                    "unmount it, then delete " + directory);
        }
    }

    @Override
    public void close() throws IOException {
        cleanUp();
    }

    /** The first of several failures, with the others suppressed in it. One does not keep the rest from being tried. */
    static final class Failure {
        private @Nullable IOException first;

        void attempt(Work work) {
            try {
                work.run();
            } catch (IOException e) {
                add(e);
            } catch (RuntimeException e) {
                add(new IOException("internal error while cleaning up: " + e, e));
            }
        }

        private void add(IOException e) {
            if (first == null) {
                first = e;
            } else {
                first.addSuppressed(e);
            }
        }

        void raise() throws IOException {
            if (first != null) {
                throw first;
            }
        }

        /** What may fail. */
        interface Work {
            void run() throws IOException;
        }
    }
}
