package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.testkit.tree.TarBuilder;
import dev.varve.testkit.tree.TreeListing;

/** An ordinary user is told each thing that he cannot have, and nothing that he got. */
class OmissionsIT extends CliTest {
    private static final int NOBODY = 65534;
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);
    private int uid;
    private int gid;

    @BeforeEach
    void becomeOrdinary() throws IOException {
        uid = Drivers.isRoot() ? NOBODY : Math.toIntExact(Kernel.syscalls().host().uid());
        gid = Drivers.isRoot() ? NOBODY : Math.toIntExact(Kernel.syscalls().host().gid());
        if (Drivers.isRoot()) {
            Files.createDirectory(store());
            Command.of("chown", NOBODY + ":" + NOBODY, store().toString()).succeeds();
            Assumptions.assumeTrue(Command.varve("version").asNobody().run().code() == 0,
                    "another user cannot reach the checkout or the JDK");
        }
    }

    private Command asOrdinary(String... words) {
        Command command = varve(words).with("--driver", "vfs");
        return Drivers.isRoot() ? command.asNobody() : command;
    }

    /** What is the user's own. */
    private TarBuilder own(TarBuilder tar, String name) {
        return tar.entry(name, name.endsWith("/") ? '5' : '0', name.endsWith("/") ? 0755 : 0640, uid, gid, 1000, "",
                new byte[0]);
    }

    private Path archive() throws IOException {
        TarBuilder tar = own(new TarBuilder(), "d/");
        own(tar, "d/mine");
        tar.entry("d/setuid", '0', 04755, uid, gid, 1000, "", VALUE);
        own(tar.pax("SCHILY.xattr.user.x", VALUE), "d/user-xattr");
        tar.hardLink("d/linked", "d/user-xattr");
        tar.entry("d/fifo", '6', 0600, uid, gid, 1000, "", new byte[0]);
        tar.entry("d/symlink", '2', 0777, uid, gid, 1000, "mine", new byte[0]);
        tar.entry("d/owner", '0', 0644, 1234, gid, 1000, "", VALUE);
        tar.entry("d/group", '0', 0644, uid, 4321, 1000, "", VALUE);
        tar.hardLink("d/owner-linked", "d/owner");
        tar.entry("d/roots-link", '2', 0777, 0, 0, 1000, "mine", new byte[0]);
        tar.entry("roots/", '5', 0755, 0, 0, 1000, "", new byte[0]);
        tar.device("d/char", '3', 1, 3);
        tar.device("d/block", '4', 7, 0);
        own(tar.pax("SCHILY.xattr.security.capability", CAPABILITY), "d/capability");
        own(tar.pax("SCHILY.xattr.security.other", VALUE), "d/security");
        own(tar.pax("SCHILY.xattr.trusted.x", VALUE), "d/trusted");
        own(tar.pax("SCHILY.xattr.security.selinux", VALUE), "d/selinux");
        own(tar.pax("SCHILY.xattr.trusted.overlay.opaque", VALUE), "d/overlay");
        return file("layer.tar", tar.build());
    }

    @Test
    void eachThingThatHeCannotHaveIsToldAndNothingElse() throws IOException {
        Path archive = archive();
        Command.Result told = asOrdinary("layer", "apply", "base", archive.toString(), "--json").succeeds();
        TreeMap<String, String> json = FlatJson.parse(told.bytes());
        Map<String, String> omitted = new TreeMap<>();
        int count = 0;
        for (; json.containsKey("omissions/" + count + "/path"); count++) {
            omitted.put(json.get("omissions/" + count + "/path"), json.get("omissions/" + count + "/what"));
        }
        String host = "extended attribute of the host or of overlayfs, ";
        String refused = " (EPERM (operation not permitted))";
        Map<String, String> expected = new TreeMap<>(Map.of("/d/owner", "owner 1234:" + gid, "/d/group",
                "owner " + uid + ":4321", "/d/roots-link", "owner 0:0", "/roots", "owner 0:0", "/d/char", "device 1:3",
                "/d/block", "device 7:0", "/d/capability", "extended attribute security.capability" + refused,
                "/d/security", "extended attribute security.other" + refused, "/d/trusted",
                "extended attribute trusted.x" + refused, "/d/selinux", host + "security.selinux"));
        // That no entry names is the root directory, which is the host's root's then.
        expected.put("/", "owner 0:0");
        expected.put("/d/overlay", host + "trusted.overlay.opaque");
        assertThat(omitted).isEqualTo(expected);
        assertThat(count).as("each once").isEqualTo(expected.size());

        TreeListing tree = tree();
        assertThat(tree.paths()).containsExactlyInAnyOrder("/", "/d", "/d/mine", "/d/setuid", "/d/user-xattr",
                "/d/linked", "/d/fifo", "/d/symlink", "/d/owner", "/d/owner-linked", "/d/group", "/d/roots-link",
                "/roots", "/d/capability", "/d/security", "/d/trusted", "/d/selinux", "/d/overlay");
        for (String path : tree.paths()) {
            assertThat(tree.told(path)).as(path).containsEntry("owner", uid + ":" + gid);
            if (!path.equals("/")) {
                assertThat(tree.told(path)).as(path).containsEntry("mtime", "1970-01-01T00:16:40Z");
            }
            if (!path.equals("/d/user-xattr") && !path.equals("/d/linked")) {
                assertThat(tree.told(path).keySet()).as(path).noneMatch(what -> what.startsWith("xattr "));
            }
        }
        assertThat(tree.told("/d/user-xattr")).containsEntry("xattr user.x", "76616c7565");
        assertThat(tree.field("/d/user-xattr", TreeListing.LINKED)).isEqualTo("/d/linked");
        assertThat(tree.field("/d/owner-linked", TreeListing.LINKED)).isEqualTo("/d/owner");
        assertThat(tree.field("/d/setuid", "mode")).isEqualTo("4755");
        assertThat(tree.field("/d/fifo", "type")).isEqualTo("FIFO");
    }

    @Test
    void theCommandSaysHowManyTheyAre() throws IOException {
        Path archive = archive();
        String errors = asOrdinary("layer", "apply", "base", archive.toString()).succeeds().errors();
        assertThat(errors.lines().toList()).hasSize(7)
                .first(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .isEqualTo("varve: 12 things left out:");
        assertThat(errors).contains("… and 7 more (with --json, all are listed)");
    }

    private TreeListing tree() throws IOException {
        Command.Result mounted = asOrdinary("layer", "mount", "base").succeeds();
        try {
            Path root = Path.of(mounted.line());
            assertThat(mounted.errors()).as("nothing keeps this user from writing there")
                    .contains("do not write there");
            return Kernel.listing(root);
        } finally {
            asOrdinary("layer", "umount", "base").succeeds();
        }
    }
}
