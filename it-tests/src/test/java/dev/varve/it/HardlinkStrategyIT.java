package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Applied;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.testkit.tree.TarBuilder;

/** Committed layers that are full trees of hard links to their parents' files. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class HardlinkStrategyIT {
    private static final byte[] BASE = new TarBuilder().directory("d/")
            .file("d/a", "a of the base")
            .file("d/b", "b of the base")
            .file("gone", "to be removed")
            .symlink("link", "d/a")
            .build();
    private Path directory = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        Drivers.delete(directory);
    }

    private Varve open(String strategy) throws VarveException {
        return Varve.open(VarveConfig.of(directory.resolve("store"))
                .withDriver("overlay")
                .withOption("overlay.strategy", strategy));
    }

    private static Applied apply(Varve varve, String id, String parent, byte[] archive) throws VarveException {
        return varve.layers()
                .apply(new LayerId(id), parent.isEmpty() ? Optional.empty() : Optional.of(new LayerId(parent)),
                        new ByteArrayInputStream(archive), Expected.ANYTHING);
    }

    /** Everything of a tree's files that a write through another name of theirs would change, attributes as well. */
    private static Map<String, String> state(Path root) throws IOException {
        Map<String, String> state = new TreeMap<>();
        state.put("listing", Kernel.listing(root).toString());
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Map<String, Object> a = Files.readAttributes(path, "unix:mode,uid,gid,ino,lastModifiedTime",
                        java.nio.file.LinkOption.NOFOLLOW_LINKS);
                state.put(root.relativize(path).toString(),
                        new TreeMap<>(a) + (Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                                ? Files.readString(path)
                                : ""));
            }
        }
        return state;
    }

    private Path tree(long layer) {
        return directory.resolve("store/overlay/layers/" + layer + "/fs");
    }

    private static long inode(Path file) throws IOException {
        return (long) Files.getAttribute(file, "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void aLayerSharesTheFilesThatItDoesNotChangeAndOnlyThese() throws IOException {
        try (Varve varve = open("hardlink")) {
            Applied base = apply(varve, "base", "", BASE);
            Applied top = apply(varve, "top", "base",
                    new TarBuilder().file("d/b", "b of the top").whiteout("", "gone").file("new", "n").build());
            Path below = tree(base.layer().number().value());
            Path above = tree(top.layer().number().value());
            assertThat(inode(above.resolve("d/a"))).isEqualTo(inode(below.resolve("d/a")));
            assertThat(inode(above.resolve("link"))).isEqualTo(inode(below.resolve("link")));
            assertThat(inode(above.resolve("d/b"))).isNotEqualTo(inode(below.resolve("d/b")));
            assertThat(above.resolve("d/b")).hasContent("b of the top");
            assertThat(above.resolve("gone")).doesNotExist();
            assertThat(top.layer().form()).isEqualTo(TreeForm.FULL);
            assertThat(top.filled()).hasValueSatisfying(filled -> {
                assertThat(filled.linked()).isEqualTo(2);
                assertThat(filled.copied()).isZero();
                assertThat(filled.reasons()).isEmpty();
            });
            assertThat(top.usage().size()).isEqualTo("b of the topn".length());
        }
    }

    @Test
    void nothingThatHappensAboveChangesAFileOfTheParent() throws IOException {
        try (Varve varve = open("hardlink")) {
            Applied base = apply(varve, "base", "", BASE);
            Map<String, String> before = state(tree(base.layer().number().value()));
            apply(varve, "top", "base",
                    new TarBuilder().hardLink("e", "d/a")
                            .entry("d/b", '0', 04711, 5, 6, 99, "", "other".getBytes(StandardCharsets.UTF_8))
                            .build());
            varve.layers().create(new LayerId("box"), Optional.of(new LayerId("top")), Map.of());
            try (Lease lease = varve.layers().acquire(new LayerId("box"))) {
                Files.writeString(lease.path().resolve("d/a"), " and more", StandardOpenOption.APPEND);
                Files.setPosixFilePermissions(lease.path().resolve("d/b"),
                        PosixFilePermissions.fromString("rwx------"));
                Files.setAttribute(lease.path().resolve("gone"), "unix:uid", 77);
                try (Directory root = Kernel.syscalls().directory(lease.path());
                        Inode gone = root.inode(EntryName.of("gone"))) {
                    gone.setXattr("user.x", new byte[]{'y'});
                }
            }
            apply(varve, "above", "box", new TarBuilder().file("d/a", "third").build());
            varve.layers().remove(new LayerId("above"));
            assertThat(state(tree(base.layer().number().value()))).isEqualTo(before);
        }
    }

    @Test
    void aContainerIsStackedOnOneLowerDirectory() throws IOException {
        try (Varve varve = open("hardlink")) {
            apply(varve, "1", "", BASE);
            apply(varve, "2", "1", new TarBuilder().file("two", "2").build());
            apply(varve, "3", "2", new TarBuilder().file("three", "3").build());
            varve.layers().create(new LayerId("box"), Optional.of(new LayerId("3")), Map.of());
            try (Lease lease = varve.layers().acquire(new LayerId("box"))) {
                List<String> mount = Files.readAllLines(Path.of("/proc/self/mountinfo"))
                        .stream()
                        .filter(l -> l.contains(lease.path().toString()))
                        .toList();
                assertThat(mount).hasSize(1);
                assertThat(mount.getFirst().split("lowerdir")).hasSize(2);
                assertThat(lease.path().resolve("two")).hasContent("2");
            }
        }
    }

    @Test
    void aLayerOnAContainerLinksWhatTheContainerChangedToo() throws IOException {
        try (Varve varve = open("hardlink")) {
            apply(varve, "base", "", BASE);
            varve.layers().create(new LayerId("box"), Optional.of(new LayerId("base")), Map.of());
            try (Lease lease = varve.layers().acquire(new LayerId("box"))) {
                Files.writeString(lease.path().resolve("d/a"), "changed");
                Files.delete(lease.path().resolve("gone"));
            }
            Applied top = apply(varve, "top", "box", new TarBuilder().file("new", "n").build());
            Path tree = tree(top.layer().number().value());
            assertThat(tree.resolve("d/a")).hasContent("changed");
            assertThat(tree.resolve("gone")).doesNotExist();
            assertThat(tree.resolve("d/b")).hasContent("b of the base");
            assertThat(varve.layers().changes(new LayerId("top"), Optional.empty(), Comparison.CONTENT).list())
                    .extracting(Object::toString)
                    .containsExactly("A /new");
        }
    }

    @Test
    void oneStoreMayHoldLayersOfBothStrategies() throws IOException {
        try (Varve varve = open("layers")) {
            apply(varve, "1", "", BASE);
            apply(varve, "2", "1", new TarBuilder().file("two", "2").build());
        }
        try (Varve varve = open("hardlink")) {
            LayerStore.Applied full = apply(varve, "3", "2", new TarBuilder().whiteout("d/", "a").build());
            assertThat(full.filled().orElseThrow().linked()).isEqualTo(4);
        }
        try (Varve varve = open("layers")) {
            apply(varve, "4", "3", new TarBuilder().file("four", "4").build());
            varve.layers().create(new LayerId("box"), Optional.of(new LayerId("4")), Map.of());
            try (Lease lease = varve.layers().acquire(new LayerId("box"))) {
                assertThat(lease.path().resolve("d/a")).doesNotExist();
                assertThat(lease.path().resolve("two")).hasContent("2");
                assertThat(lease.path().resolve("four")).hasContent("4");
            }
        }
    }
}
