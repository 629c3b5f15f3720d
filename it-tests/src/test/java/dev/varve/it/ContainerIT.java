package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

import dev.varve.testkit.tree.TarBuilder;

/** The product in a privileged container: its store on a volume, and on the container's own file system. */
@Tag("docker")
@EnabledIf(value = "dev.varve.it.VarveContainer#engineAnswers", disabledReason = "no container engine answers")
class ContainerIT {
    private static final byte[] BASE = new TarBuilder().directory("d/")
            .file("d/a", "a")
            .file("d/b", "b")
            .directory("gone/")
            .file("gone/x", "x")
            .directory("new/")
            .file("new/old", "old")
            .file("f", "f")
            .build();
    private static final byte[] UPPER = new TarBuilder().file("d/b", "changed")
            .whiteout("d/", "a")
            .whiteout("", "gone")
            .opaque("new/")
            .file("new/only", "only")
            .build();
    private static final List<String> CHANGES = List.of("C /d", "D /d/a", "C /d/b", "D /gone", "C /new", "D /new/old",
            "A /new/only");
    private static final String EDITS = """
            printf changed >d/b
            rm d/a
            rm -r gone new
            mkdir new
            printf only >new/only
            """;
    private static Path volume;
    private static VarveContainer container;

    @BeforeAll
    static void start() throws IOException {
        volume = Drivers.freshDirectory();
        Files.write(volume.resolve("base.tar"), BASE);
        Files.write(volume.resolve("upper.tar"), UPPER);
        container = new VarveContainer(volume);
        container.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (container.isRunning()) {
            container.shell("rm -rf '" + volume + "'/*"); // with the rights of those who made it
        }
        container.stop();
        Drivers.delete(volume);
    }

    @Test
    void theTourMountsOnAVolumeAndAContainerThatEndedLeavesNoMount() throws IOException {
        Path store = volume.resolve("tour");
        try (VarveContainer tour = new VarveContainer(volume)) {
            // The container has neither /var/tmp nor /tmp.
            tour.withEnv("TMPDIR", volume.toString())
                    .withCommand(Command.launcher().toString(), "--store", store.toString(), "quickstart")
                    .withStartupCheckStrategy(new OneShotStartupCheckStrategy())
                    .start();
            assertThat(tour.getLogs()).contains("a mount of type overlay", "both trees are equal", "Done");
        }
        assertNowhereMounted(store);
    }

    @Test
    void theTourCopiesOnTheContainersOwnFileSystem() throws IOException {
        container.shell("mkdir -p /var/tmp");
        assertThat(container.varve(Path.of("/tour"), "quickstart").endsWith(0).output()).contains("vfs is used",
                "no, not on this file system", "both trees are equal", "Done");
    }

    @Test
    void anOverlayOnAVolumeIsMountedInsideAndSeenThere() throws IOException {
        Path store = volume.resolve("inside");
        String root = edited(store);
        assertThat(container.shell("cat /proc/self/mountinfo")).contains(" " + root + " rw,")
                .contains(" - overlay varve ");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(store.toString());
        assertThat(whiteout(store)).isEqualTo("character special file");
        assertThat(changes(store, "work")).isEqualTo(CHANGES);
        assertTheDiffMakesTheLayer(store);
        container.varve(store, "layer", "umount", "work").endsWith(0);
        assertNowhereMounted(store);
        assertRemoved(store, "copy", "work", "base");
    }

    @Test
    void onTheContainersOwnFileSystemOverlayIsRefusedAndVfsDeletes() throws IOException {
        Path store = Path.of("/own");
        Command.Result refused = container.varve(store, "layer", "ls", "--driver", "overlay").endsWith(6);
        assertThat(refused.errors()).contains("cannot use the file system", "not supported as upperdir")
                .hasLineCount(2);
        String root = edited(store);
        assertThat(container.shell("cat /proc/self/mountinfo")).doesNotContain(root);
        assertThat(changes(store, "work")).isEqualTo(CHANGES);
        assertTheDiffMakesTheLayer(store);
        container.varve(store, "layer", "umount", "work").endsWith(0);
        assertRemoved(store, "copy", "work", "base");
    }

    /**
     * As in an image that a store was put into. overlayfs refuses to make a device 0:0, so whiteouts are attributes there,
     * and to be written to as an upper directory, so only frozen layers can be mounted.
     */
    @Test
    void aStoreThatCameWithTheContainersFileSystemGetsWhiteoutsAsAttributes() throws IOException {
        Path original = volume.resolve("original");
        apply(original, "base", "base.tar");
        Path store = Path.of("/moved");
        container.shell("cp -a '" + original + "' " + store);
        assertThat(container.varve(store, "driver", "status").endsWith(0).output()).containsPattern("whiteouts +xattr");
        apply(store, "upper", "upper.tar", "--parent", "base");
        apply(original, "upper", "upper.tar", "--parent", "base");
        assertThat(whiteout(store)).isEqualTo("regular empty file");
        assertThat(whiteout(original)).isEqualTo("character special file");

        assertThat(mountedTree(store)).isEqualTo(mountedTree(original))
                .contains("d/b", "new/only")
                .doesNotContain("d/a", "gone", "new/old");
        assertThat(changes(store, "upper")).isEqualTo(CHANGES);
        assertThat(container.varve(store, "layer", "diff", "upper").endsWith(0).bytes())
                .isEqualTo(container.varve(original, "layer", "diff", "upper").endsWith(0).bytes());

        container.varve(store, "layer", "create", "work", "--parent", "upper").endsWith(0);
        assertThat(container.varve(store, "layer", "mount", "work").endsWith(1).errors()).contains("upperdir");
        assertRemoved(store, "work", "upper", "base");
        assertRemoved(original, "upper", "base");
    }

    @Test
    void aContainerThatIsKilledLosesNothingOfItsVolume() throws IOException {
        Path store = volume.resolve("killed");
        String root;
        String tree;
        try (VarveContainer killed = new VarveContainer(volume)) {
            killed.start();
            root = edited(killed, store);
            tree = tree(killed, root);
            killed.shell(
                    "{ head -c 2048 '%s'; exec sleep 60 2>/dev/null; } 2>/dev/null | '%s' --store '%s' layer apply half - >/dev/null 2>&1 &"
                            .formatted(volume.resolve("base.tar"), Command.launcher(), store));
            killed.shell("for i in $(seq 300); do ! ls '%s'/overlay/layers/*.new || exit 0; sleep 0.1; done; exit 1"
                    .formatted(store));
            killed.kill();
        }
        assertNowhereMounted(store);

        assertThat(container.varve(store, "layer", "ls").endsWith(0).output()).contains("base", "work")
                .doesNotContain("half");
        assertThat(changes(store, "work")).isEqualTo(CHANGES);
        assertThat(container.varve(store, "layer", "mount", "work").endsWith(0).line()).isEqualTo(root);
        assertThat(tree(container, root)).isEqualTo(tree);
        assertTheDiffMakesTheLayer(store);
        container.varve(store, "layer", "umount", "work").endsWith(0); // the hold that was killed
        container.varve(store, "layer", "umount", "work").endsWith(0);
        assertNowhereMounted(store);
        assertRemoved(store, "copy", "work", "base");
    }

    private static void apply(Path store, String id, String archive, String... more) throws IOException {
        String[] words = Stream
                .concat(Stream.of("layer", "apply", id, volume.resolve(archive).toString()), Stream.of(more))
                .toArray(String[]::new);
        container.varve(store, words).endsWith(0);
    }

    /** Makes a layer {@code work}, mounted and edited; returns its root. */
    private static String edited(Path store) throws IOException {
        return edited(container, store);
    }

    private static String edited(VarveContainer in, Path store) throws IOException {
        in.varve(store, "layer", "apply", "base", volume.resolve("base.tar").toString()).endsWith(0);
        in.varve(store, "layer", "create", "work", "--parent", "base").endsWith(0);
        String root = in.varve(store, "layer", "mount", "work").endsWith(0).line();
        in.shell("cd '" + root + "'\n" + EDITS);
        assertThat(tree(in, root)).contains("d/b", "new/only").doesNotContain("d/a", "gone", "new/old");
        return root;
    }

    private static List<String> changes(Path store, String id) throws IOException {
        return container.varve(store, "layer", "changes", id).endsWith(0).output().lines().toList();
    }

    private static void assertTheDiffMakesTheLayer(Path store) throws IOException {
        container.varve(store, "layer", "diff", "work", "-o", volume.resolve("diff.tar").toString()).endsWith(0);
        apply(store, "copy", "diff.tar", "--parent", "base");
        assertThat(container.varve(store, "layer", "changes", "copy", "--parent", "work", "--compare", "content")
                .endsWith(0)
                .output()).isEmpty();
    }

    private static String mountedTree(Path store) throws IOException {
        String root = container.varve(store, "layer", "mount", "upper").endsWith(0).line();
        assertThat(container.shell("cat /proc/self/mountinfo")).contains(" " + root + " ro,");
        String tree = tree(container, root);
        container.varve(store, "layer", "umount", "upper").endsWith(0);
        return tree;
    }

    /** Of all in it the type, mode, time and path, and of each file the content. */
    private static String tree(VarveContainer in, String root) throws IOException {
        return in.shell(
                "cd '" + root + "'; find . -printf '%y %m %T@ %P\\n' | sort; find . -type f -exec cksum {} + | sort");
    }

    /** What kind of file hides {@code d/a} in the one layer that does. */
    private static String whiteout(Path store) throws IOException {
        return container.shell("find '" + store + "'/overlay/layers -path '*/fs/d/a' -size 0 -exec stat -c %F {} +")
                .stripTrailing();
    }

    private static void assertRemoved(Path store, String... ids) throws IOException {
        for (String id : ids) {
            container.varve(store, "layer", "rm", id).endsWith(0);
        }
        assertThat(container.varve(store, "layer", "ls", "--json").endsWith(0).line()).isEqualTo("{\"layers\":[]}");
        assertThat(container.shell("find '" + store + "'/*/layers -mindepth 1")).isEmpty();
    }

    /** In no process' mount namespace, of those that live. */
    private static void assertNowhereMounted(Path store) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            List<Path> all = processes.filter(p -> p.getFileName().toString().matches("[0-9]+")).toList();
            assertThat(all).isNotEmpty();
            for (Path process : all) {
                String mounts;
                try {
                    mounts = Files.readString(process.resolve("mountinfo"));
                } catch (IOException e) {
                    continue; // it ended, or is another user's
                }
                assertThat(mounts).as("%s", process).doesNotContain(store.toString());
            }
        }
    }
}
