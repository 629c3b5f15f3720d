package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeEditsTest {
    @TempDir
    Path temp;

    @Test
    void changesATreeInEachWay() throws IOException {
        Path root = tree("root", "etc/passwd", "etc/x", "a/1", "a/2", "b/c/1", "b/c/2");
        List<String> done = TreeEdits.make(root);
        assertThat(done).containsExactly("add      /varve-quickstart  (a directory, a file and a link)",
                "modify   /etc/passwd  (one line more)", "delete   /a/1", "delete   /b/  (with 3 inside)",
                "replace  no directory: there is none to spare");
        assertThat(root.resolve("b")).doesNotExist();
        assertThat(root.resolve("a/1")).doesNotExist();
    }

    @Test
    void replacesADirectory() throws IOException {
        Path root = tree("root", "0", "1", "a/1", "a/2", "b/1", "b/2");
        assertThat(TreeEdits.make(root)).endsWith("delete   /1", "delete   /a/  (with 2 inside)",
                "replace  /b/  (2 inside, now 1)");
        assertThat(root.resolve("b")).isDirectoryContaining("glob:**/new.txt");
    }

    @Test
    void anEmptyTreeIsOnlyAddedTo() throws IOException {
        Path root = tree("root");
        assertThat(TreeEdits.make(root)).element(1, org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .contains("nothing");
        assertThat(root.resolve("varve-quickstart/hello")).hasContent("hello");
    }

    @Test
    void linksLeadNowhere() throws IOException {
        Path outside = tree("outside", "passwd", "d/1", "d/2");
        Path root = tree("root");
        Files.createSymbolicLink(root.resolve("etc"), outside);
        Files.createSymbolicLink(root.resolve("varve-quickstart"), outside);
        Files.createSymbolicLink(root.resolve("file"), outside.resolve("passwd"));
        TreeEdits.make(root);
        assertThat(outside.resolve("passwd")).hasContent("passwd");
        assertThat(outside.resolve("d/1")).exists();
        assertThat(outside.resolve("hello.txt")).doesNotExist();
        assertThat(root.resolve("varve-quickstart-2/hello.txt")).exists();
    }

    @Test
    void deletingATreeSparesWhatLinksPointTo() throws IOException {
        Path outside = tree("outside", "d/1");
        Path root = tree("root", "x/y");
        Files.createSymbolicLink(root.resolve("link"), outside);
        Trees.delete(root);
        assertThat(Files.exists(root, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(outside.resolve("d/1")).exists();
    }

    /** Files whose content is their own name. */
    private Path tree(String name, String... files) throws IOException {
        Path root = Files.createDirectory(temp.resolve(name));
        for (String file : files) {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, path.getFileName().toString());
        }
        return root;
    }
}
