package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import dev.varve.testkit.tree.TreeListing;

/** What other tools make of an OCI image layout. */
final class Peers {
    private static final Pattern TOP_LAYER = Pattern.compile("\"layer\" *: *\"([0-9a-f]{64})\"");

    private Peers() {}

    static TreeListing umoci(Path layout, String name, Path directory) throws IOException {
        Path bundle = directory.resolve("umoci");
        Command.of("umoci", "unpack", "--image", layout + ":" + name, bundle.toString()).succeeds();
        return Kernel.listing(bundle.resolve("rootfs"));
    }

    /** By the vfs driver of containers-storage, whose layers are plain directories. */
    static TreeListing containersStorage(Path layout, String name, Path directory) throws IOException {
        Path root = directory.resolve("containers");
        Path run = directory.resolve("containers-run");
        Command.of("skopeo", "--insecure-policy", "copy", "-q", "oci:" + layout + ":" + name,
                "containers-storage:[vfs@" + root + "+" + run + "]" + name + ":1").succeeds();
        List<String> tops = TOP_LAYER.matcher(Files.readString(root.resolve("vfs-images/images.json")))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(tops).hasSize(1);
        return Kernel.listing(root.resolve("vfs/dir").resolve(tops.getFirst()));
    }
}
