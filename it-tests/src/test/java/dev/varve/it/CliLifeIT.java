package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import dev.varve.domain.digest.Digest;
import dev.varve.testkit.tree.TreeListing;

/** The lives of layers and images, by commands alone. */
class CliLifeIT extends CliTest {
    @Test
    void aLayerLivesByCommands() throws IOException {
        Path tar = file("base.tar", BASE);
        assertThat(varve("layer", "apply", "base", tar.toString()).succeeds().output())
                .contains(Digest.sha256(BASE).toString());
        assertThat(varve("layer", "create", "work", "--parent", "base", "--label", "owner=web").succeeds().line())
                .isEqualTo("work");
        Path root = Path.of(varve("layer", "mount", "work").succeeds().line());
        assertThat(root.resolve("d/a")).hasContent("a");
        assertThat(varve("layer", "mount", "work").succeeds().line()).isEqualTo(root.toString());
        Files.writeString(root.resolve("f"), "changed");
        Files.writeString(root.resolve("new"), "n");
        Files.delete(root.resolve("d/a"));

        assertThat(varve("layer", "changes", "work").succeeds().output().lines()).containsExactly("C /d", "D /d/a",
                "C /f", "A /new");
        Path diff = directory().resolve("diff.tar");
        TreeMap<String, String> written = json("layer", "diff", "work", "-o", diff.toString());
        byte[] archive = Files.readAllBytes(diff);
        assertThat(written).containsEntry("blob", Digest.sha256(archive).toString())
                .containsEntry("diffId", Digest.sha256(archive).toString())
                .containsEntry("size", Integer.toString(archive.length));
        assertThat(varve("layer", "diff", "work").succeeds().bytes()).isEqualTo(archive);
        assertThat(varve("layer", "diff", "work", "-o", "-").succeeds().bytes()).isEqualTo(archive);
        assertThat(json("layer", "size", "work").get("inodes")).matches("[1-9][0-9]*");
        assertThat(json("layer", "inspect", "work")).containsEntry("leases", "2")
                .containsEntry("parent", "base")
                .containsEntry("depth", "2")
                .containsEntry("labels/owner", "web");

        TreeListing merged = Kernel.listing(root);
        assertThat(json("layer", "umount", "work")).containsEntry("leases", "1");
        assertThat(root.resolve("new")).exists();
        assertThat(json("layer", "umount", "work")).containsEntry("leases", "0");

        varve("layer", "apply", "copy", "-", "--parent", "base").withInput(archive).succeeds();
        Path copy = Path.of(varve("layer", "mount", "copy").succeeds().line());
        Kernel.listing(copy).assertSameAs(merged, "the layer, and the one made of its diff");
        varve("layer", "umount", "copy").succeeds();
        assertThat(varve("layer", "changes", "copy", "--parent", "work", "--compare", "content").succeeds().output())
                .isEmpty();
        assertThat(varve("layer", "ls").succeeds().output().lines()).hasSize(4)
                .satisfiesExactly(l -> assertThat(l).contains("ID"), l -> assertThat(l).endsWith(" base"),
                        l -> assertThat(l).endsWith(" work"), l -> assertThat(l).endsWith(" copy"));
        for (String id : new String[]{"work", "copy", "base"}) {
            assertThat(varve("layer", "rm", id).succeeds().output()).isEmpty();
        }
        assertThat(varve("layer", "ls", "--json").succeeds().line()).isEqualTo("{\"layers\":[]}");
        assertThat(layerFiles().size()).isEqualTo(1);
    }

    @Test
    void anImageLivesByCommands() throws IOException {
        OciLayout layout = new OciLayout(directory().resolve("image"));
        byte[] upper = edited("none");
        byte[] packed = varve("layer", "diff", "work", "--compression", "gzip").succeeds().bytes();
        layout.add(BASE).add(packed, OciLayout.TAR + "+gzip", Digest.sha256(upper).toString());
        Path image = layout.finish("built:1");

        TreeMap<String, String> loaded = json("image", "load", image.toString());
        String base = Digest.sha256(BASE).toString(); // the chain ID of a base layer
        assertThat(loaded).containsEntry("names/0", "built:1").containsEntry("layers/0", base);
        byte[] archive = Command.of("tar", "-C", image.toString(), "-c", ".").succeeds().bytes();
        assertThat(varve("image", "load", "-", "--name", "other").withInput(archive).succeeds().line())
                .isEqualTo(loaded.get("digest"));
        assertThat(json("image", "ls")).containsEntry("images/0/names/0", "built:1")
                .containsEntry("images/0/names/1", "other:latest")
                .containsEntry("images/0/layers/1", loaded.get("top"));
        assertThat(json("image", "inspect", "other")).containsEntry("digest", loaded.get("digest"))
                .containsEntry("diffIds/1", Digest.sha256(upper).toString());

        varve("layer", "create", "web", "--image", "built:1").succeeds();
        assertThat(varve("layer", "changes", "web", "--parent", "work", "--compare", "content").succeeds().output())
                .isEmpty();
        assertThat(varve("image", "rm", "other").succeeds().output()).isEmpty();
        varve("layer", "rm", "web").succeeds();
        varve("layer", "mount", loaded.get("top")).succeeds();
        fails(5, loaded.get("top"), varve("image", "rm", "built:1"));
        varve("layer", "umount", loaded.get("top")).succeeds();
        assertThat(varve("image", "rm", "built:1").succeeds().output().lines()).containsExactlyInAnyOrder(base,
                loaded.get("top"));
        assertThat(varve("image", "ls", "--json").succeeds().line()).isEqualTo("{\"images\":[]}");
    }

    /** A layer {@code work} on {@code base}, and its diff. */
    private byte[] edited(String compression) throws IOException {
        applyBase();
        varve("layer", "create", "work", "--parent", "base").succeeds();
        Path root = Path.of(varve("layer", "mount", "work").succeeds().line());
        Files.delete(root.resolve("d/a"));
        Files.writeString(root.resolve("new"), "n");
        varve("layer", "umount", "work").succeeds();
        return varve("layer", "diff", "work", "--compression", compression).succeeds().bytes();
    }

    @Test
    void everyCommandThatAnswersDoesSoInJsonToo() throws IOException {
        applyBase();
        assertThat(json("version")).containsKeys("version", "java");
        assertThat(json("driver", "ls").values()).contains("overlay", "vfs");
        assertThat(json("driver", "status")).containsKeys("driver", "reason");
        assertThat(json("status")).containsEntry("store", store().toString()).containsEntry("layers", "1");
        assertThat(json("layer", "changes", "base").values()).contains("/d/a", "A");
        assertThat(json("layer", "create", "x", "--parent", "base")).containsEntry("parent", "base");
        assertThat(json("layer", "mount", "x").get("path")).startsWith(store().toString());
        json("layer", "umount", "x");
        assertThat(json("layer", "rm", "x")).containsEntry("removed", "true");
        Command.Result missing = varve("layer", "rm", "x", "--json").run().endsWith(3);
        assertThat(FlatJson.parse(missing.errors().getBytes(StandardCharsets.UTF_8))).containsEntry("exitCode", "3")
                .hasEntrySatisfying("error", e -> assertThat(e).contains("x"));
    }

    /** The words are given in ASCII: a JVM in the C locale, as this one may be, could not pass others on. */
    @Test
    void idsMayHoldAnyCharacterInAnyLocale() throws IOException {
        String escaped = "-\\303\\244 \\342\\202\\254\\360\\237\\216\\211 a/../b \"q\" \\\\ \\044(x) @f %%s .wh.";
        String id = "-ä €🎉 a/../b \"q\" \\ $(x) @f %s .wh.";
        String script = "id=$(printf '%b_' '" + escaped.replace("%%", "%") + "'); id=${id%_}; "
                + "exec \"$0\" \"$@\" -- \"$id\"";
        Command inC = Command.of("sh", "-c", script, Command.launcher().toString(), "--store", store().toString())
                .withEnvironment("LC_ALL", "C");
        assertThat(inC.with("layer", "create").succeeds().line()).isEqualTo(id);
        assertThat(json("layer", "ls")).containsEntry("layers/0/id", id);
        assertThat(FlatJson.parse(inC.with("layer", "inspect", "--json").succeeds().bytes())).containsEntry("id", id);
        inC.with("layer", "rm").succeeds();
        assertThat(json("layer", "ls")).isEmpty();
    }
}
