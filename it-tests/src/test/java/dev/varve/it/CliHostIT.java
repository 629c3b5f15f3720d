package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** Commands where the host says no: no space, no writing, no permission. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting and changing the user need root")
class CliHostIT extends CliTest {
    private interface Work {
        void with(Path mounted) throws IOException;
    }

    /** The store's directory is a small file system of its own, meanwhile. */
    private void onTmpfs(Work work) throws IOException {
        Files.createDirectory(store());
        Command.of("mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "varve-test", store().toString()).succeeds();
        try {
            work.with(store());
        } finally {
            Command.of("umount", store().toString()).succeeds();
        }
    }

    @Test
    void aDiskThatIsFullTakesASmallerLayerAfterwards() throws IOException {
        byte[] noise = new byte[6 << 20];
        new Random(1).nextBytes(noise);
        Path large = file("large.tar", new TarBuilder().entry("noise", '0', 0644, 0, 0, 1, "", noise).build());
        onTmpfs(store -> {
            applyBase();
            failsAndChangesNothing(1, "ENOSPC", varve("layer", "apply", "x", large.toString(), "--parent", "base"));
            failsAndChangesNothing(1, "ENOSPC", varve("layer", "apply", "x", "-").withInput(Files.readAllBytes(large)));
            varve("layer", "apply", "x", "-", "--parent", "base").withInput(new TarBuilder().file("small", "s").build())
                    .succeeds();
            assertThat(json("layer", "ls")).containsEntry("layers/1/id", "x");
            varve("layer", "rm", "x").succeeds();
        });
    }

    @Test
    void aStoreThatIsReadOnlyCanBeRead() throws IOException {
        onTmpfs(store -> {
            applyBase();
            varve("layer", "create", "top", "--parent", "base").succeeds();
            Command.of("mount", "-o", "remount,ro", store.toString()).succeeds();
            assertThat(json("layer", "ls")).containsEntry("layers/1/id", "top");
            assertThat(json("layer", "inspect", "base")).containsEntry("children", "1");
            assertThat(json("image", "ls")).isEmpty();
            assertThat(varve("layer", "changes", "top").succeeds().output()).isEmpty();
            assertThat(varve("layer", "diff", "base").succeeds().bytes()).isNotEmpty();
            failsAndChangesNothing(8, "", varve("layer", "create", "x"));
            failsAndChangesNothing(8, "", varve("layer", "apply", "x", "-").withInput(BASE));
            failsAndChangesNothing(8, "", varve("layer", "rm", "top"));
        });
    }

    @Test
    void aStoreOfAnotherUserIsRefused() throws IOException {
        applyBase();
        assumeNobodyCanStartIt();
        failsAndChangesNothing(8, store().toString(), varve("layer", "ls").asNobody());
        failsAndChangesNothing(8, store().toString(), varve("layer", "rm", "base").asNobody());
        fails(8, "elsewhere",
                Command.varve("layer", "ls", "--store", directory().resolve("elsewhere").toString()).asNobody());
    }

    @Test
    void overlayWithoutPrivilegesIsRefused() throws IOException {
        assumeNobodyCanStartIt();
        giveToNobody(Files.createDirectory(store()));
        fails(6, "overlay", varve("layer", "ls", "--driver", "overlay").asNobody());
        assertThat(store()).isEmptyDirectory();
    }

    /** Each that an ordinary user can make, in a store of his own. */
    @Test
    void aMistakeOfAnOrdinaryUserChangesNothing() throws IOException {
        assumeNobodyCanStartIt();
        giveToNobody(Files.createDirectory(store()));
        byte[] base = new TarBuilder().entry("f", '0', 0644, 65534, 65534, 7, "", new byte[3]).build();
        varve("layer", "apply", "base", "-").withInput(base).asNobody().succeeds();
        TreeListing before = storeFiles();
        fails(3, "nofile", varve("layer", "apply", "x", "nofile").asNobody());
        fails(7, "not a layer archive", varve("layer", "apply", "x", "/etc/passwd").asNobody());
        fails(7, "", varve("layer", "apply", "x", "-").withInput(Arrays.copyOf(base, 700)).asNobody());
        fails(3, "nobody", varve("layer", "rm", "nobody").asNobody());
        fails(4, "base", varve("layer", "create", "base").asNobody());
        fails(8, "shadow", varve("layer", "apply", "x", "/etc/shadow").asNobody());
        fails(3, "btrfs", varve("layer", "create", "x", "--driver", "btrfs").asNobody());
        storeFiles().assertSameAs(before, "the store after mistakes");
    }

    @Test
    void anOrdinaryUserLoadsImagesAndHearsWhatWasLeftOut() throws IOException {
        assumeNobodyCanStartIt();
        giveToNobody(Files.createDirectory(store()));
        byte[] tar = new TarBuilder().directory("d/")
                .entry("d/owned", '0', 0640, 1234, 4321, 7, "", new byte[3])
                .file("d/plain", "p")
                .build();
        Path image = new OciLayout(directory().resolve("image")).add(tar).finish("user:1");
        Command.Result told = varve("image", "load", image.toString()).asNobody().succeeds();
        assertThat(told.errors()).contains("left out").contains("/d/owned");
        TreeMap<String, String> json = FlatJson
                .parse(varve("image", "load", image.toString(), "--json").asNobody().succeeds().bytes());
        assertThat(json).containsEntry("names/0", "user:1");
        assertThat(FlatJson.parse(varve("status", "--json").asNobody().succeeds().bytes()))
                .containsEntry("driver", "vfs")
                .containsEntry("layers", "1");
        varve("layer", "create", "mine", "--image", "user:1").asNobody().succeeds();
        Path root = Path.of(varve("layer", "mount", "mine").asNobody().succeeds().line());
        assertThat(root.resolve("d/plain")).hasContent("p");
        assertThat(Kernel.listing(root).field("/d/owned", "mode")).isEqualTo("640");
        varve("layer", "umount", "mine").asNobody().succeeds();
        varve("layer", "rm", "mine").asNobody().succeeds();
        varve("image", "rm", "user:1").asNobody().succeeds();
    }

    private static void assumeNobodyCanStartIt() throws IOException {
        Assumptions.assumeTrue(Command.varve("version").asNobody().run().code() == 0,
                "another user cannot reach the checkout or the JDK");
    }

    private static void giveToNobody(Path path) throws IOException {
        Command.of("chown", "65534:65534", path.toString()).succeeds();
    }
}
