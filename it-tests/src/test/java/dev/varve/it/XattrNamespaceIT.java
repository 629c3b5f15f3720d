package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.varve.testkit.tree.TarBuilder;

/** One store in the first user namespace and in another one of the same root user. */
@Tag("kernel")
class XattrNamespaceIT {
    private Path directory = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
        Assumptions.assumeTrue(Drivers.isRoot(), "needs root");
        Assumptions.assumeTrue(Command.of("unshare", "-Urm", "true").run().code() == 0,
                "user namespaces may not be made here");
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        Drivers.delete(directory);
    }

    private Command varve(String... words) {
        return Command.varve("--store", directory.resolve("store").toString()).with(words);
    }

    private static Command inside(String flags, Command command) {
        return Command.of("unshare", flags).with(command.words().toArray(String[]::new)).withInput(command.input());
    }

    /** A layer in which a directory of its parent's was replaced: with the marks ignored, old files would be in it. */
    private void fill(String flags) throws IOException {
        byte[] base = new TarBuilder().directory("d").file("d/old", "old").build();
        byte[] top = new TarBuilder().directory("d").file("d/.wh..wh..opq", "").file("d/new", "new").build();
        inside(flags, varve("layer", "apply", "base", "-").withInput(base)).succeeds();
        inside(flags, varve("layer", "apply", "top", "-", "--parent", "base").withInput(top)).succeeds();
    }

    @Test
    void aStoreOfOneNamespaceIsRefusedInTheOther() throws IOException {
        fill("-m");
        Path record = directory.resolve("store/overlay/xattrs");
        assertThat(record).hasContent("trusted\n");
        Command.Result refused = inside("-Urm", varve("layer", "ls")).run();
        assertThat(refused.endsWith(6).errors()).contains("trusted.overlay.*", "hint: ", "outside of user namespaces");
        assertThat(record).hasContent("trusted\n");
        varve("layer", "ls").succeeds();
    }

    @Test
    void aStoreOfAUserNamespaceIsRefusedOutside() throws IOException {
        fill("-Urm");
        assertThat(directory.resolve("store/overlay/xattrs")).hasContent("user\n");
        assertThat(varve("layer", "mount", "top").run().endsWith(6).errors()).contains("user.overlay.*",
                "unshare -Urm");
        String list = "p=$(\"$0\" --store \"$1\" layer mount top) && ls \"$p/d\" && \"$0\" --store \"$1\" layer umount top";
        assertThat(inside("-Urm",
                Command.of("sh", "-c", list, Command.launcher().toString(), directory.resolve("store").toString()))
                .succeeds()
                .output()
                .lines()
                .toList()).contains("new").doesNotContain("old");
    }

    @Test
    void withoutAMountNamespaceOfItsOwnAUserNamespaceHasVfs() throws IOException {
        assertThat(inside("-Ur", varve("driver", "ls")).succeeds().output())
                .contains("mount namespace belongs to another user namespace");
        assertThat(inside("-Ur", varve("--driver", "overlay", "layer", "ls")).run().endsWith(6).errors())
                .contains("mount namespace belongs to another user namespace", "hint: ");
        fill("-Ur");
        assertThat(Files.exists(directory.resolve("store/vfs"))).isTrue();
        assertThat(inside("-Ur", varve("--private-mounts", "layer", "mount", "top")).succeeds().line()).endsWith("/fs");
        inside("-Ur", varve("layer", "umount", "top")).succeeds();
        assertThat(inside("-Ur", Command.varve("quickstart")).succeeds().output()).contains("Done");
    }
}
