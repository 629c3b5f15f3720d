package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TreeListing;

/** What the suites about options of the overlay driver share: a fresh store, opened with options as often as wanted. */
abstract class OverlayStoreTest {
    private Path directory = Path.of("");

    @BeforeEach
    final void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    final void deleteDirectory() throws IOException {
        Drivers.delete(directory);
    }

    final Path store() {
        return directory.resolve("store");
    }

    /** The directory of a layer, by its number. */
    final Path layer(long number) {
        return store().resolve("overlay/layers/" + number);
    }

    /** @param options {@code KEY=VALUE} of the overlay driver */
    final Varve open(String... options) throws VarveException {
        VarveConfig config = VarveConfig.of(store()).withDriver("overlay");
        for (String option : options) {
            int equals = option.indexOf('=');
            config = config.withOption("overlay." + option.substring(0, equals), option.substring(equals + 1));
        }
        return Varve.open(config);
    }

    static LayerId id(String name) {
        return new LayerId(name);
    }

    static LayerStore.Applied apply(Varve varve, String name, String parent, byte[] archive) throws VarveException {
        return varve.layers().apply(id(name), optional(parent), new ByteArrayInputStream(archive), Expected.ANYTHING);
    }

    static void create(Varve varve, String name, String parent) throws VarveException {
        varve.layers().create(id(name), optional(parent), Map.of());
    }

    private static Optional<LayerId> optional(String parent) {
        return parent.isEmpty() ? Optional.empty() : Optional.of(id(parent));
    }

    /** Something to do in a root file system. */
    interface Edit {
        void in(Path root) throws IOException;
    }

    static void in(Varve varve, String name, Edit edit) throws IOException {
        try (Lease lease = varve.layers().acquire(id(name))) {
            edit.in(lease.path());
        }
    }

    static TreeListing listing(Varve varve, String name) throws IOException {
        try (Lease lease = varve.layers().acquire(id(name))) {
            return Kernel.listing(lease.path());
        }
    }

    static LayerStore.Changes changes(Varve varve, String name) throws VarveException {
        return varve.layers().changes(id(name), Optional.empty(), Comparison.METADATA);
    }

    static List<String> lines(LayerStore.Changes changes) {
        return changes.list().stream().map(Object::toString).toList();
    }

    static byte[] diff(Varve varve, String name) throws VarveException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        varve.layers().diff(id(name), Optional.empty(), Comparison.METADATA).writeTo(out, Compression.NONE);
        return out.toByteArray();
    }

    /** The diff of the layer, applied to the same parent, makes the same tree. */
    static void assertDiffMakesTheSame(Varve varve, String name, String parent) throws IOException {
        TreeListing expected = listing(varve, name);
        apply(varve, name + "-again", parent, diff(varve, name));
        listing(varve, name + "-again").assertSameAs(expected, "the diff of " + name + " applied");
    }

    /** How the mount table shows what is mounted there. */
    static MountInfo mount(Path target) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            List<MountInfo> found = lines.map(MountInfo::parse)
                    .filter(m -> m.mountPoint().equals(target.toString()))
                    .toList();
            assertThat(found).as("mounts at " + target).hasSize(1);
            return found.getFirst();
        }
    }
}
