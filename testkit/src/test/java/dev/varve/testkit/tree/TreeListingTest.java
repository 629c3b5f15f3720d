package dev.varve.testkit.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.testkit.fake.MemorySyscalls;

/** Two trees that differ in one thing, whatever it is, are told apart. */
class TreeListingTest {
    private static final Instant TIME = Instant.ofEpochSecond(1000, 5);
    private static final byte[] VALUE = {0, (byte) 0xff};

    /** A change to a tree. */
    private interface Change {
        void of(Directory root) throws VarveException;
    }

    private interface InodeChange {
        void of(Inode inode) throws VarveException;
    }

    private static final Map<String, Change> CHANGES = new LinkedHashMap<>();

    static {
        on("a mode", "file", i -> i.setMode(0645));
        on("setuid", "file", i -> i.setMode(04644));
        on("an owner", "file", i -> i.setOwner(1, 0));
        on("a group", "file", i -> i.setOwner(0, 1));
        on("the owner of a symbolic link", "symlink", i -> i.setOwner(1, 0));
        on("a nanosecond", "file", i -> i.setModified(TIME.plusNanos(1)));
        on("the time of a symbolic link", "symlink", i -> i.setModified(TIME.plusNanos(1)));
        on("the time of a directory", "directory", i -> i.setModified(TIME.plusNanos(1)));
        on("an attribute with an empty value, there or not", "file", i -> i.setXattr("user.empty", new byte[0]));
        on("an attribute that became empty", "file", i -> i.setXattr("user.binary", new byte[0]));
        on("the last byte of an attribute", "file", i -> i.setXattr("user.binary", new byte[]{0, (byte) 0xfe}));
        on("an attribute that is gone", "file", i -> i.removeXattr("user.binary"));
        on("an attribute of a device", "device", i -> i.setXattr("trusted.x", VALUE));
        on("an attribute of a symbolic link", "symlink", i -> i.setXattr("trusted.x", VALUE));
        CHANGES.put("an attribute of the root", root -> root.setXattr("user.x", VALUE));
        CHANGES.put("the mode of the root", root -> root.setMode(0700));
        CHANGES.put("a byte of content, size and time alike", root -> content(root, "file", "abX"));
        CHANGES.put("a size", root -> content(root, "file", "abcd"));
        CHANGES.put("a target", root -> {
            root.remove(name("symlink"));
            root.makeSymlink(name("symlink"), "tarGet".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            dress(root, "symlink");
        });
        CHANGES.put("a device number", root -> {
            root.remove(name("device"));
            root.makeNode(name("device"), FileType.CHARACTER_DEVICE, 0600, 1, 4);
            dress(root, "device");
        });
        CHANGES.put("a kind of device", root -> {
            root.remove(name("device"));
            root.makeNode(name("device"), FileType.BLOCK_DEVICE, 0600, 1, 3);
            dress(root, "device");
        });
        CHANGES.put("a hard link that is a copy", root -> {
            root.remove(name("linked"));
            root.create(name("linked"), 0644).close();
            content(root, "linked", "abc");
            try (Inode inode = root.inode(name("linked"))) {
                inode.setXattr("user.binary", VALUE);
            }
            dress(root, "linked");
        });
        CHANGES.put("a name", root -> {
            root.rename(name("device"), root, name("devicf"), false);
            root.setModified(TIME);
        });
        CHANGES.put("a file more", root -> {
            root.create(name("more"), 0644).close();
            root.setModified(TIME);
        });
    }

    private static void on(String what, String name, InodeChange change) {
        CHANGES.put(what, root -> {
            try (Inode inode = root.inode(name(name))) {
                change.of(inode);
            }
        });
    }

    private static EntryName name(String name) {
        return EntryName.of(name);
    }

    private static void content(Directory root, String name, String text) throws VarveException {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (OpenFile file = root.write(name(name))) {
            file.write(0, bytes, 0, bytes.length);
            file.setModified(TIME);
        }
    }

    private static void dress(Directory root, String name) throws VarveException {
        try (Inode inode = root.inode(name(name))) {
            inode.setModified(TIME);
        }
        root.setModified(TIME);
    }

    private static Directory tree() throws VarveException {
        MemorySyscalls host = MemorySyscalls.create();
        host.makeDirectories(Path.of("/tree"));
        Directory root = host.directory(Path.of("/tree"));
        root.create(name("file"), 0644).close();
        content(root, "file", "abc");
        try (Inode file = root.inode(name("file"))) {
            file.setXattr("user.binary", VALUE);
        }
        root.link(root, name("file"), name("linked"));
        root.makeSymlink(name("symlink"), "target".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        root.makeNode(name("device"), FileType.CHARACTER_DEVICE, 0600, 1, 3);
        root.makeDirectory(name("directory"), 0755);
        for (String made : new String[]{"file", "symlink", "device", "directory"}) {
            dress(root, made);
        }
        return root;
    }

    static Stream<String> changes() {
        return CHANGES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("changes")
    void oneThingThatDiffersIsTold(String what) throws VarveException {
        try (Directory tree = tree(); Directory other = tree()) {
            CHANGES.getOrDefault(what, root -> {}).of(other);
            assertThat(TreeListing.of(other).differencesFrom(TreeListing.of(tree))).hasSizeBetween(1, 2);
        }
    }

    @Test
    void treesThatAreAlikeAreNotToldApart() throws VarveException {
        try (Directory tree = tree(); Directory other = tree()) {
            assertThat(TreeListing.of(other).differencesFrom(TreeListing.of(tree))).isEmpty();
        }
    }
}
