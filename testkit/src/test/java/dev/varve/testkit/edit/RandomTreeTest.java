package dev.varve.testkit.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TreeListing;

/** The trees of random edits have all that trees can have, and an edit has one result wherever it is carried out. */
class RandomTreeTest {
    private static final int TREES = 200;
    private static final int EDITS = 20;
    /** What is to come up, each in at least so many trees. */
    private static final int OFTEN = 5;

    @Test
    void treesOfRootHaveEverythingThatIsKept() throws VarveException {
        Map<String, Integer> seen = seen(MemorySyscalls.create().host());
        assertThat(seen).containsKeys("REGULAR", "DIRECTORY", "SYMLINK", "FIFO", "SOCKET", "CHARACTER_DEVICE",
                "BLOCK_DEVICE", "links in one directory", "links across directories", "linked device or link",
                "file with a hole", "empty file", "time before 1970", "time after 2038", "nanoseconds",
                "time of a symlink", "setuid", "setgid directory", "sticky directory", "mode 0", "owner over 16 bits",
                "owner over 31 bits", "xattr with an empty value", "xattr with NUL and high bytes",
                "xattr of a directory", "xattr of a symlink", "xattr of a device", "xattr of the root", "trusted.",
                "security.capability", "ACL of access", "ACL of a default", "ACL with named users",
                "name with a newline", "name that is no UTF-8", "name of 255 bytes", "name with a control character",
                "name beginning with .wh", "target of more than 100 bytes", "target that is no UTF-8");
        assertThat(seen.values()).as("%s", seen).allMatch(count -> count >= OFTEN);
    }

    @Test
    void treesOfAnOrdinaryUserHaveAllThatHeMayMake() throws VarveException {
        Map<String, Integer> seen = seen(ordinary(MemorySyscalls.create(1000, 1000).host()));
        assertThat(seen)
                .containsKeys("REGULAR", "DIRECTORY", "SYMLINK", "FIFO", "SOCKET", "links in one directory",
                        "links across directories", "file with a hole", "xattr with an empty value",
                        "xattr with NUL and high bytes", "ACL of access", "ACL of a default", "time before 1970")
                .doesNotContainKeys("BLOCK_DEVICE", "trusted.", "security.capability", "owner over 16 bits");
    }

    @Test
    void theSameSeedMakesTheSameTreeAndAnotherOneAnother() throws VarveException {
        HostFacts host = MemorySyscalls.create().host();
        try (RandomTree tree = tree(7, host); RandomTree again = tree(7, host); RandomTree other = tree(8, host)) {
            assertThat(again.edits()).asString().isEqualTo(tree.edits().toString());
            TreeListing listing = TreeListing.of(tree.root());
            TreeListing.of(again.root()).assertSameAs(listing, "the same tree");
            assertThat(TreeListing.of(other.root()).differencesFrom(listing)).isNotEmpty();
            MemorySyscalls elsewhere = MemorySyscalls.create();
            elsewhere.makeDirectories(Path.of("/elsewhere"));
            try (var root = elsewhere.directory(Path.of("/elsewhere"))) {
                tree.repeat(Editor.of(root), 0);
                TreeListing.of(root).assertSameAs(listing, "carried out elsewhere");
            }
        }
    }

    private static HostFacts ordinary(HostFacts host) {
        return new HostFacts(host.uid(), host.gid(), MountRight.NO_CAPABILITY, false, false,
                host.initialUserNamespace(), host.kernelMajor(), host.kernelMinor(), host.kernelRelease(),
                host.bootId(), host.pid(), host.pageSize(), host.umask());
    }

    private static RandomTree tree(long seed, HostFacts host) throws VarveException {
        RandomTree tree = RandomTree.of(seed, host, false);
        EditGenerator generator = new EditGenerator(seed, Rights.of(host), false);
        tree.change(generator, Editor.of(tree.root()), EDITS, new ArrayList<>());
        return tree;
    }

    /** In how many trees each thing is, that is seen in the trees themselves and not in the edits. */
    private static Map<String, Integer> seen(HostFacts host) throws VarveException {
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = 0; seed < TREES; seed++) {
            try (RandomTree tree = tree(seed, host)) {
                TreeSet<String> things = new TreeSet<>();
                TreeListing listing = TreeListing.of(tree.root());
                for (String path : listing.paths()) {
                    things.addAll(things(path, listing));
                }
                tree.edits().stream().filter(RandomTreeTest::makesHole).forEach(e -> things.add("file with a hole"));
                things.forEach(thing -> seen.merge(thing, 1, Integer::sum));
            }
        }
        return seen;
    }

    /** A listing does not tell holes, which read as zeros. */
    private static boolean makesHole(Edit edit) {
        return edit instanceof Edit.SetSize set && set.size() > 2 * 4096
                || edit instanceof Edit.Write write && write.offset() > 2 * 4096;
    }

    private static List<String> things(String path, TreeListing listing) {
        Map<String, String> told = listing.told(path);
        List<String> things = new ArrayList<>();
        String type = told.getOrDefault("type", "");
        things.add(type);
        if (told.containsKey(TreeListing.LINKED)) {
            String first = told.get(TreeListing.LINKED);
            things.add(first.substring(0, first.lastIndexOf('/')).equals(path.substring(0, path.lastIndexOf('/')))
                    ? "links in one directory"
                    : "links across directories");
            if (!type.equals(FileType.REGULAR.name())) {
                things.add("linked device or link");
            }
        }
        if (told.getOrDefault("size", "").equals("0")) {
            things.add("empty file");
        }
        time(Instant.parse(told.get("mtime")), type, things);
        mode(told.getOrDefault("mode", "644"), type, things);
        owner(Long.parseLong(told.get("owner").split(":", 2)[0]), things);
        told.forEach((what, value) -> {
            if (what.startsWith("xattr ")) {
                xattr(path, type, what.substring("xattr ".length()), value, things);
            }
        });
        name(path, things);
        target(told.getOrDefault("target", ""), things);
        return things;
    }

    private static void time(Instant time, String type, List<String> things) {
        if (time.isBefore(Instant.EPOCH)) {
            things.add("time before 1970");
        }
        if (time.getEpochSecond() > Integer.MAX_VALUE) {
            things.add("time after 2038");
        }
        if (time.getNano() % 1000 != 0) {
            things.add("nanoseconds");
        }
        if (type.equals(FileType.SYMLINK.name()) && (time.isBefore(Instant.EPOCH) || time.getNano() % 1000 != 0)) {
            things.add("time of a symlink");
        }
    }

    private static void mode(String mode, String type, List<String> things) {
        int bits = Integer.parseInt(mode, 8);
        boolean directory = type.equals(FileType.DIRECTORY.name());
        if (bits == 0) {
            things.add("mode 0");
        }
        if (!directory && (bits & 04000) != 0) {
            things.add("setuid");
        }
        if (directory && (bits & 02000) != 0) {
            things.add("setgid directory");
        }
        if (directory && (bits & 01000) != 0) {
            things.add("sticky directory");
        }
    }

    private static void owner(long uid, List<String> things) {
        if (uid > 0xffff) {
            things.add("owner over 16 bits");
        }
        if (uid > Integer.MAX_VALUE) {
            things.add("owner over 31 bits");
        }
    }

    private static void xattr(String path, String type, String name, String hex, List<String> things) {
        if (hex.isEmpty()) {
            things.add("xattr with an empty value");
        }
        if (name.startsWith("user.") && hex.matches("(..)*00(..)*") && hex.matches("(..)*[89a-f].(..)*")) {
            things.add("xattr with NUL and high bytes");
        }
        switch (name) {
            case "system.posix_acl_access" -> things.add("ACL of access");
            case "system.posix_acl_default" -> things.add("ACL of a default");
            case "security.capability" -> things.add(name);
            default -> {}
        }
        if (name.startsWith("system.posix_acl") && hex.length() > 2 * (4 + 3 * 8)) {
            things.add("ACL with named users");
        }
        if (name.startsWith("trusted.")) {
            things.add("trusted.");
        }
        switch (type) {
            case "DIRECTORY" -> things.add("xattr of a directory");
            case "SYMLINK" -> things.add("xattr of a symlink");
            case "CHARACTER_DEVICE", "BLOCK_DEVICE" -> things.add("xattr of a device");
            default -> {}
        }
        if (path.equals("/")) {
            things.add("xattr of the root");
        }
    }

    /** Paths are listed as they are printed. */
    private static void name(String path, List<String> things) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.contains("\\x0a")) {
            things.add("name with a newline");
        }
        if (name.contains("\\xff")) {
            things.add("name that is no UTF-8");
        }
        if (name.contains("\\x01") || name.contains("\\x1b")) {
            things.add("name with a control character");
        }
        if (name.length() == 255) {
            things.add("name of 255 bytes");
        }
        if (name.startsWith(".wh")) {
            things.add("name beginning with .wh");
        }
    }

    private static void target(String target, List<String> things) {
        if (target.length() > 100) {
            things.add("target of more than 100 bytes");
        }
        if (target.contains("\\xff")) {
            things.add("target that is no UTF-8");
        }
    }
}
