package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.domain.digest.Digest;
import dev.varve.testkit.tree.TreeListing;

/** What a command cannot do it says in a line, by an exit code, and leaves the store as it was. */
class CliFailureIT extends CliTest {
    @BeforeEach
    void makeBase() throws IOException {
        applyBase();
    }

    @Test
    void aFileThatIsNotThere() throws IOException {
        failsWithAHintAndChangesNothing(3, "nofile.tar", "name", varve("layer", "apply", "x", "nofile.tar"));
        failsWithAHintAndChangesNothing(3, "nofile", "name", varve("image", "load", "nofile"));
    }

    @Test
    void anArchiveThatIsNone() throws IOException {
        Path garbage = file("garbage", "this is no tar".repeat(999).getBytes("UTF-8"));
        failsWithAHintAndChangesNothing(7, "not a layer archive", "give a tar",
                varve("layer", "apply", "x", garbage.toString(), "--parent", "base"));
        failsWithAHintAndChangesNothing(7, "garbage", "give a tar", varve("image", "load", garbage.toString()));
    }

    @Test
    void anArchiveThatIsCutOff() throws IOException {
        Path cut = file("cut.tar", Arrays.copyOf(BASE, BASE.length / 2));
        failsAndChangesNothing(7, "", varve("layer", "apply", "x", cut.toString(), "--parent", "base"));
        failsAndChangesNothing(7, "", varve("layer", "apply", "x", "-").withInput(new byte[0]));
    }

    @Test
    void anImageWithAFlippedBit() throws IOException {
        OciLayout layout = new OciLayout(directory().resolve("image"));
        Path image = layout.add(BASE).finish("bad:1");
        Path blob = layout.blob(BASE);
        byte[] content = Files.readAllBytes(blob);
        content[515 + 512] ^= 1;
        Files.write(blob, content);
        failsAndChangesNothing(7, Digest.sha256(BASE).hex(), varve("image", "load", image.toString()));
        assertThat(json("image", "ls")).isEmpty();
    }

    @Test
    void anImageWithALayerOfAnotherMediaType() throws IOException {
        String type = "application/vnd.example.layer.v1.squashfs";
        Path image = new OciLayout(directory().resolve("image")).add(BASE, type, Digest.sha256(BASE).toString())
                .finish("strange:1");
        failsAndChangesNothing(7, type, varve("image", "load", image.toString()));
    }

    @Test
    void aThingThatIsUnknown() throws IOException {
        String layers = "varve layer ls";
        for (String verb : new String[]{"rm", "mount", "umount", "changes", "diff", "size", "inspect"}) {
            failsWithAHintAndChangesNothing(3, "nobody", layers, varve("layer", verb, "nobody"));
        }
        failsWithAHintAndChangesNothing(3, "nobody", layers, varve("layer", "create", "x", "--parent", "nobody"));
        failsWithAHintAndChangesNothing(3, "nobody", layers,
                varve("layer", "apply", "x", "-", "--parent", "nobody").withInput(BASE));
        failsWithAHintAndChangesNothing(3, "nothing", "varve image ls", varve("image", "rm", "nothing"));
        failsWithAHintAndChangesNothing(3, "nothing", "varve image ls", varve("image", "save", "nothing"));
        failsWithAHintAndChangesNothing(3, "btrfs", "vfs", varve("layer", "create", "x", "--driver", "btrfs"));
    }

    @Test
    void anIdThatIsTaken() throws IOException {
        failsWithAHintAndChangesNothing(4, "base", "another id", varve("layer", "create", "base"));
        failsWithAHintAndChangesNothing(4, "base", "another id", varve("layer", "apply", "base", "-").withInput(BASE));
    }

    @Test
    void aLayerThatIsInUse() throws IOException {
        varve("layer", "create", "child", "--parent", "base").succeeds();
        failsAndChangesNothing(5, "base", varve("layer", "rm", "base"));
        varve("layer", "mount", "child").succeeds();
        failsAndChangesNothing(5, "child", varve("layer", "rm", "child"));
        varve("layer", "umount", "child").succeeds();
        failsWithAHintAndChangesNothing(5, "child", "varve layer inspect", varve("layer", "umount", "child"));
        varve("layer", "rm", "child").succeeds();
    }

    @Test
    void aStoreOfAnotherVersion() throws IOException {
        Path version = driverHome().resolve("catalogue/version");
        String known = Files.readString(version);
        TreeListing before = layerFiles();
        Files.writeString(version, known.replace("\"version\":1", "\"version\":2"));
        fails(6, "version 2", varve("layer", "ls"));
        fails(6, "version 2", varve("layer", "rm", "base"));
        layerFiles().assertSameAs(before, "a store that was not to be touched");
        Files.writeString(version, known);
        varve("layer", "rm", "base").succeeds();
    }

    static Stream<List<String>> mistakes() {
        return Stream.of(List.of("layer", "frobnicate"), List.of("layer", "create"), List.of("layer", "rm", "a", "b"),
                List.of("layer", "ls", "--colour"), List.of("layer", "changes", "base", "--compare", "guess"),
                List.of("layer", "create", "x", "--label", "none"), List.of("layer", "create", ""));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeOnTheCommandLine(List<String> words) throws IOException {
        failsAndChangesNothing(2, "", varve(words.toArray(String[]::new)));
    }

    @Test
    void anOptionThatNoDriverKnows() throws IOException {
        failsAndChangesNothing(2, "vfs.sise", varve("layer", "ls", "--driver", "vfs", "--storage-opt", "vfs.sise=1"));
        failsAndChangesNothing(2, "overlay.index has no use",
                varve("layer", "ls", "--driver", "vfs", "--storage-opt", "overlay.index=on"));
        failsAndChangesNothing(2, "ext4.size", varve("layer", "ls", "--storage-opt", "ext4.size=1"));
        fails(2, "overlay.sise", varve("driver", "ls", "--storage-opt", "overlay.sise=1"));
    }

    @Test
    void aFileThatCannotBeWritten() throws IOException {
        Path nowhere = directory().resolve("none/diff.tar");
        failsAndChangesNothing(3, "none", varve("layer", "diff", "base", "-o", nowhere.toString()));
        assertThat(nowhere.getParent()).doesNotExist();
    }
}
