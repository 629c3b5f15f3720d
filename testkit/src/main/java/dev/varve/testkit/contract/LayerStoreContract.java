package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.RootFiles;

/** What the suites share: a store in a fresh directory, and short words for what they do with it. */
public abstract class LayerStoreContract {
    /** For the subclasses, one a driver. */
    protected LayerStoreContract() {}

    private Path directory = Path.of("");
    private StoreUnderTest store = NOT_OPEN;

    private static final StoreUnderTest NOT_OPEN = new StoreUnderTest() {
        @Override
        public LayerStore layers() {
            throw new IllegalStateException("the store is not open yet");
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    /** Where the suite runs; asked for once, and the same as long as one test lasts. */
    protected abstract StoreHost host();

    @BeforeEach
    final void openFresh() throws IOException {
        directory = host().freshDirectory();
        store = host().open(directory.resolve("store"));
    }

    @AfterEach
    final void closeAndDelete() throws IOException {
        store.close();
        host().delete(directory);
    }

    protected final Path directory() {
        return directory;
    }

    protected final LayerStore layers() {
        return store.layers();
    }

    /** Closes the store and opens it again, as another process would. */
    protected final void reopen() throws VarveException {
        store.close();
        store = host().open(directory.resolve("store"));
    }

    protected static LayerId id(String value) {
        return new LayerId(value);
    }

    protected final void create(String name, String parent) throws VarveException {
        layers().create(id(name), parent.isEmpty() ? Optional.empty() : Optional.of(id(parent)), Map.of());
    }

    protected final LayerStore.Applied apply(String name, String parent, byte[] archive) throws VarveException {
        return layers().apply(id(name), parent.isEmpty() ? Optional.empty() : Optional.of(id(parent)),
                new ByteArrayInputStream(archive), Expected.ANYTHING);
    }

    /** The changes of a layer as lines, {@code A /path}. */
    protected final List<String> changes(String name) throws VarveException {
        return layers().changes(id(name), Optional.empty(), Comparison.METADATA)
                .list()
                .stream()
                .map(Object::toString)
                .toList();
    }

    /** What differs between two layers, to the last byte. */
    protected final List<String> differences(String newer, String older) throws VarveException {
        return layers().changes(id(newer), Optional.of(id(older)), Comparison.CONTENT)
                .list()
                .stream()
                .map(Object::toString)
                .toList();
    }

    protected final byte[] diff(String name) throws VarveException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        layers().diff(id(name), Optional.empty(), Comparison.METADATA).writeTo(out, Compression.NONE);
        return out.toByteArray();
    }

    /** Something to do in a root file system. */
    protected interface Work {
        void in(RootFiles root) throws IOException;
    }

    /** Mounts the layer, does it, unmounts. */
    protected final void in(String name, Work work) throws IOException {
        try (Lease lease = layers().acquire(id(name)); RootFiles root = files(lease.path())) {
            work.in(root);
        }
    }

    /** What is in a directory of the host. */
    protected final RootFiles files(Path path) throws VarveException {
        return new RootFiles(host().syscalls().directory(path));
    }

    /** Asserts that there is such a directory. */
    protected final void isThere(Path path) throws VarveException {
        files(path).close();
    }

    /** All files of the layer by path, each with its type and its content or target. */
    protected final Map<String, String> tree(String name) throws IOException {
        try (Lease lease = layers().acquire(id(name)); RootFiles root = files(lease.path())) {
            return root.all();
        }
    }

    /** The paths of all files that the store consists of. */
    protected final Set<String> storeFiles() throws VarveException {
        try (RootFiles files = files(directory.resolve("store"))) {
            return files.paths();
        }
    }

    /** The ids of all layers. */
    protected final List<String> ids() throws VarveException {
        return layers().list().stream().map(l -> l.record().id().value()).toList();
    }

    /**
     * Asserts that the call fails with this kind of failure, has a message of one line, and leaves the layers, and all files
     * of the store, as they are: nothing more and nothing less.
     */
    protected final void refused(Class<? extends Exception> type, Callable<?> call) throws Exception {
        List<String> before = ids();
        Set<String> files = storeFiles();
        assertThatThrownBy(call::call).isInstanceOf(type)
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n"));
        assertThat(ids()).isEqualTo(before);
        assertThat(storeFiles()).as("the files of the store").isEqualTo(files);
    }

    /** Runs the task in so many threads at once, and fails with the first failure. */
    protected static void inThreads(int count, Callable<?> task) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.add(threads.submit(task));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    /** The suite itself can be found by a build that filters on tests. */
    @Test
    void aFreshStoreIsEmpty() throws VarveException {
        assertThat(ids()).isEmpty();
    }
}
