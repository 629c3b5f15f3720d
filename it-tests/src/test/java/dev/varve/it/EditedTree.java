package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

import dev.varve.adapter.syscall.ffm.FfmSyscallProvider;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.testkit.tree.TreeListing;

/** A base, and edits of it of every kind: what layers are to carry. */
final class EditedTree {
    private static final Instant BEFORE_1970 = Instant.ofEpochSecond(-1_234_567, 123_456_789);
    private static final Instant AFTER_2038 = Instant.ofEpochSecond(4_000_000_000L, 987_654_321);
    private static final byte[] CAP_NET_BIND = new byte[]{1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final String LONG = "l".repeat(255);

    private EditedTree() {}

    static void fill(Path root) throws IOException {
        for (String name : new String[]{"keep", "gone", "again", "again/deep", "becomes-file", "becomes-link"}) {
            Files.createDirectory(root.resolve(name));
        }
        for (String name : new String[]{"keep/a", "keep/b", "keep/c", "gone/x", "again/old", "again/deep/older",
            "becomes-file/x", "becomes-link/x", "becomes-dir", "mode-only", "owner-only", "time-only", "xattr-only",
            "hard-1", "linked-later"}) {
            Files.writeString(root.resolve(name), "base " + name);
        }
        Files.createLink(root.resolve("hard-2"), root.resolve("hard-1"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("keep/a"));
    }

    static void edit(Path root) throws IOException {
        Files.writeString(root.resolve("keep/new"), "new");
        Files.writeString(root.resolve("keep/a"), "modified");
        Files.delete(root.resolve("keep/b"));
        for (String name : new String[]{"gone", "again", "becomes-file", "becomes-link", "becomes-dir", "link"}) {
            Drivers.delete(root.resolve(name));
        }
        Files.createDirectory(root.resolve("again"));
        Files.writeString(root.resolve("again/only"), "only");
        Files.createDirectory(root.resolve("again/deep"));
        Files.writeString(root.resolve("becomes-file"), "a file");
        Files.createSymbolicLink(root.resolve("becomes-link"), Path.of("keep"));
        Files.createDirectory(root.resolve("becomes-dir"));
        Files.writeString(root.resolve("becomes-dir/in"), "in");
        Files.createSymbolicLink(root.resolve("link"), Path.of("../../nowhere/" + "t".repeat(150)));
        Files.writeString(root.resolve("hard-1"), "one of two was changed");
        Files.createLink(root.resolve("linked"), root.resolve("linked-later"));
        Files.createLink(root.resolve("again/linked"), root.resolve("again/only"));
        Files.createDirectory(root.resolve("empty"));
        try (Directory directory = new FfmSyscallProvider().open().directory(root)) {
            nodes(directory);
            attributes(directory);
            names(directory);
            times(directory);
        }
    }

    private static void nodes(Directory root) throws VarveException {
        root.makeNode(EntryName.of("char"), FileType.CHARACTER_DEVICE, 0620, 1, 3);
        root.makeNode(EntryName.of("block"), FileType.BLOCK_DEVICE, 0660, 259, 70000);
        root.makeNode(EntryName.of("fifo"), FileType.FIFO, 0600, 0, 0);
        try (OpenFile sparse = root.create(EntryName.of("sparse"), 0600)) {
            sparse.setSize(4 << 20);
            sparse.write(2 << 20, new byte[]{1, 2, 3}, 0, 3);
        }
    }

    private static void attributes(Directory root) throws VarveException {
        on(root, "mode-only", file -> file.setMode(04751));
        on(root, "owner-only", file -> file.setOwner(2_097_152, 2_147_483_647));
        on(root, "xattr-only", file -> {
            file.setXattr("user.text", bytes("value"));
            file.setXattr("user.binary", new byte[]{0, (byte) 0xff, '\n', '='});
            file.setXattr("user.empty", new byte[0]);
            file.setXattr("trusted.note", bytes("trusted"));
        });
        on(root, "becomes-file", file -> file.setXattr("security.capability", CAP_NET_BIND));
        on(root, "empty", file -> {
            file.setXattr("system.posix_acl_access", acl());
            file.setXattr("system.posix_acl_default", acl());
            file.setXattr("trusted.note", bytes("of a directory"));
        });
        on(root, "becomes-dir", file -> file.setMode(03777));
    }

    private static void names(Directory root) throws VarveException {
        for (byte[] name : new byte[][]{{(byte) 0xff, (byte) 0xfe}, bytes("new\nline"), bytes("trailing "),
            bytes("-dash"), bytes("ünïcödé"), bytes("back\\slash"), bytes("a=b"), bytes(LONG), bytes("wh.x")}) {
            root.create(EntryName.of(name), 0644).close();
        }
    }

    private static void times(Directory root) throws VarveException {
        on(root, "time-only", file -> file.setModified(BEFORE_1970));
        on(root, "becomes-link", file -> file.setModified(BEFORE_1970));
        on(root, "fifo", file -> file.setModified(AFTER_2038));
        on(root, "again", file -> file.setModified(AFTER_2038));
        on(root, "keep", file -> file.setModified(BEFORE_1970));
    }

    private interface Change {
        void of(Inode file) throws VarveException;
    }

    private static void on(Directory root, String name, Change change) throws VarveException {
        try (Inode file = root.inode(EntryName.of(name))) {
            change.of(file);
        }
    }

    /** u::rwx, u:1000:r--, g::r-x, m::rwx, o::--- as the kernel keeps it (acl(5), linux/posix_acl_xattr.h). */
    private static byte[] acl() {
        ByteBuffer acl = ByteBuffer.allocate(4 + 5 * 8).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
        int[][] entries = {{0x01, 7, -1}, {0x02, 4, 1000}, {0x04, 5, -1}, {0x10, 7, -1}, {0x20, 0, -1}};
        for (int[] entry : entries) {
            acl.putShort((short) entry[0]).putShort((short) entry[1]).putInt(entry[2]);
        }
        return acl.array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** That the edits took: a tree without them would equal another one without them. */
    static void assertHoldsEverything(TreeListing tree) {
        assertThat(tree.field("/keep/b", "type")).isEmpty();
        assertThat(tree.field("/gone", "type")).isEmpty();
        assertThat(tree.field("/again/old", "type")).isEmpty();
        assertThat(tree.field("/again/deep/older", "type")).isEmpty();
        assertThat(tree.field("/again", "mtime")).isEqualTo(AFTER_2038.toString());
        assertThat(tree.field("/time-only", "mtime")).isEqualTo(BEFORE_1970.toString());
        assertThat(tree.field("/block", "device")).isEqualTo("259:70000");
        assertThat(tree.field("/linked-later", "linked to")).isEqualTo("/linked");
        assertThat(tree.field("/again/only", "linked to")).isEqualTo("/again/linked");
        assertThat(tree.field("/mode-only", "mode")).isEqualTo("4751");
        assertThat(tree.field("/owner-only", "owner")).isEqualTo("2097152:2147483647");
        assertThat(tree.field("/xattr-only", "xattr user.binary")).isEqualTo("00ff0a3d");
        assertThat(tree.told("/xattr-only")).containsEntry("xattr user.empty", "").containsKey("xattr trusted.note");
        assertThat(tree.field("/becomes-file", "xattr security.capability")).isNotEmpty();
        assertThat(tree.field("/empty", "xattr system.posix_acl_default")).isNotEmpty();
        assertThat(tree.field("/" + LONG, "type")).isEqualTo("REGULAR");
    }
}
