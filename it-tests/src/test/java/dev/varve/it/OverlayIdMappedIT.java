package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.app.Varve;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Layers whose owners are shown to a container in a user namespace as its own, and stay as they are on the disk. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "id-mapped mounts need root")
class OverlayIdMappedIT extends OverlayStoreTest {
    private static final String MAP = "0:100000:1000";
    private static final byte[] BASE = new TarBuilder().directory("d/")
            .file("d/x", "x")
            .entry("a", '0', 04755, 5, 6, 1, "", new byte[]{'a'})
            .file("b", "b")
            .build();

    private static void twoLayers(Varve varve) throws IOException {
        apply(varve, "base", "", BASE);
        apply(varve, "second", "base", new TarBuilder().file("s", "s").build());
        create(varve, "c", "second");
    }

    /** Runs a script as the root of a user namespace with the mapping, in a directory that it could not reach itself. */
    private static void asContainer(Path directory, String script) throws IOException {
        Process namespace = new ProcessBuilder("unshare", "-U", "cat").start();
        try {
            Path proc = Path.of("/proc", Long.toString(namespace.pid()));
            Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
            while (Files.readSymbolicLink(proc.resolve("ns/user")).equals(own)) {
                Thread.onSpinWait();
            }
            Files.writeString(proc.resolve("uid_map"), "0 100000 1000");
            Files.writeString(proc.resolve("gid_map"), "0 100000 1000");
            Process inside = new ProcessBuilder("nsenter", "-U", "-t", Long.toString(namespace.pid()), "-S", "0", "-G",
                    "0", "sh", "-ec", script).directory(directory.toFile()).redirectErrorStream(true).start();
            String said = new String(inside.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(inside.waitFor()).as(said).isZero();
            assertThat(said).isEmpty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            namespace.destroyForcibly().onExit().join();
        }
    }

    private static String owner(Path file) throws IOException {
        return Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + ":"
                + Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void aContainerOwnsTheFilesAndWhatItWritesBelongsToItsRootOnTheDisk() throws IOException {
        try (Varve varve = open("uidmap=" + MAP)) {
            twoLayers(varve);
            in(varve, "c", root -> {
                assertThat(owner(root)).isEqualTo("100000:100000");
                assertThat(owner(root.resolve("a"))).isEqualTo("100005:100006");
                asContainer(root, """
                        test "$(stat -c %u:%g:%a a s)" = "5:6:4755
                        0:0:644"
                        echo new > new; ln new linked; chown 7:8 a; chmod 600 b; mv b moved
                        rm -r d; mkdir d; mkfifo d/pipe; chown -h 9 d/pipe""");
                assertThat(owner(root.resolve("new"))).isEqualTo("100000:100000");
                assertThat(owner(root.resolve("a"))).isEqualTo("100007:100008");
            });
            Path upper = mountedAs(varve, "c");
            assertThat(owner(upper.resolve("new"))).isEqualTo("0:0");
            assertThat(owner(upper.resolve("a"))).isEqualTo("7:8");
            assertThat(owner(upper.resolve("d/pipe"))).isEqualTo("9:0");
            assertThat(lines(changes(varve, "c"))).containsExactly("C /a", "D /b", "C /d", "A /d/pipe", "D /d/x",
                    "A /linked", "A /moved", "A /new");
        }
        try (Varve plain = open()) {
            assertDiffMakesTheSame(plain, "c", "second");
            TreeListing tree = listing(plain, "c");
            assertThat(tree.toString()).doesNotContain("1000");
        }
    }

    /** The own directory of a layer, found as the one that a mount without a mapping has as its upper one. */
    private Path mountedAs(Varve varve, String name) throws IOException {
        try (Lease lease = varve.layers().acquire(id(name))) {
            return lease.path().resolveSibling("fs");
        }
    }

    @Test
    void readOnlyAndBaseLayersAreMappedToo() throws IOException {
        try (Varve varve = open("gidmap=0:100000:1000,1000:5000:1", "uidmap=" + MAP, "mountopt=noatime")) {
            twoLayers(varve);
            for (String name : List.of("base", "second")) {
                in(varve, name, root -> {
                    assertThat(owner(root.resolve("a"))).isEqualTo("100005:100006");
                    assertThat(mount(root).mountOptions()).contains("ro", "noatime");
                });
            }
            in(varve, "base", root -> assertThat(mount(root).idMapped()).isTrue());
            in(varve, "second", root -> assertThat(mount(root).source())
                    .isEqualTo("varve ids=users 0:100000:1000 groups 0:100000:1000,1000:5000:1"));
            create(varve, "empty", "");
            in(varve, "empty", root -> asContainer(root, "echo own > own"));
            assertThat(lines(changes(varve, "empty"))).containsExactly("A /own");
        }
    }

    @Test
    void singleLowerTreesAreMappedAsWell() throws IOException {
        try (Varve varve = open("strategy=hardlink", "uidmap=" + MAP)) {
            twoLayers(varve);
            in(varve, "c", root -> {
                assertThat(mount(root).overlayLowers()).hasSize(1);
                asContainer(root, "echo more >> a");
                assertThat(owner(root.resolve("a"))).isEqualTo("100005:100006");
            });
            in(varve, "base", root -> assertThat(root.resolve("a")).hasContent("a"));
        }
    }

    @Test
    void whatIsComparedWithAnotherLayerThanTheParentHasTheOwnersOfTheDisk() throws IOException {
        try (Varve varve = open("uidmap=" + MAP)) {
            twoLayers(varve);
            in(varve, "c", root -> asContainer(root, "echo new > new"));
            assertThat(varve.layers()
                    .changes(id("c"), Optional.of(id("base")), Comparison.METADATA)
                    .list()
                    .stream()
                    .map(Object::toString)).containsExactly("A /new", "A /s");
            try (Lease _ = varve.layers().acquire(id("c"))) {
                assertThat(lines(changes(varve, "c"))).containsExactly("A /new");
                assertThatExceptionOfType(WrongStateException.class)
                        .isThrownBy(() -> varve.layers().changes(id("c"), Optional.of(id("base")), Comparison.METADATA))
                        .withMessageContaining("ids=" + MAP);
            }
        }
    }

    @Test
    void aLayerThatIsMountedWithAnotherMappingIsNotMountedAgain() throws IOException {
        try (Varve plain = open(); Varve mapped = open("uidmap=" + MAP); Varve other = open("uidmap=0:200000:1000")) {
            twoLayers(mapped);
            try (Lease _ = mapped.layers().acquire(id("c"))) {
                for (Varve varve : List.of(plain, other)) {
                    assertThatExceptionOfType(WrongStateException.class)
                            .isThrownBy(() -> varve.layers().acquire(id("c")))
                            .withMessageContaining("ids=" + MAP);
                }
            }
            in(other, "c", root -> assertThat(owner(root.resolve("a"))).isEqualTo("200005:200006"));
            in(plain, "c", root -> assertThat(owner(root.resolve("a"))).isEqualTo("5:6"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uidmap=0:1", "gidmap=0:1:2,1:9:1", "uidmap="})
    void whatIsNoMappingIsRefusedAtOpening(String option) {
        assertThatExceptionOfType(InvalidOptionException.class).isThrownBy(() -> open(option))
                .withMessageContaining("overlay." + option.substring(0, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "legacy"})
    void layersGivenByPathCannotBeMapped(String api) {
        assertThatExceptionOfType(InvalidOptionException.class)
                .isThrownBy(() -> open("mount_api=" + api, "uidmap=" + MAP))
                .withMessageContaining("overlay.mount_api=" + api + " contradicts overlay.uidmap=" + MAP);
    }

    @Test
    void noProcessIsLeftOfTheNamespace() throws IOException {
        long before = ProcessHandle.current().children().count();
        try (Varve varve = open("uidmap=" + MAP)) {
            twoLayers(varve);
            in(varve, "c", root -> assertThat(ProcessHandle.current().children().count()).isEqualTo(before));
        }
    }
}
