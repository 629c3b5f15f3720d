package dev.varve.it;

import java.nio.file.Files;
import java.nio.file.Path;

/** Images of real tools, of several megabytes: where the environment says, and not in the repository. */
final class TestImages {
    static final String VARIABLE = "VARVE_TEST_IMAGES";

    private TestImages() {}

    static Path directory() {
        return Path.of(System.getenv(VARIABLE)).toAbsolutePath();
    }

    static boolean available() {
        return Drivers.isRoot() && System.getenv(VARIABLE) != null && Files.isDirectory(directory());
    }

    static boolean availableWithPeers() {
        return available() && Command.exists("umoci") && Command.exists("skopeo")
                && Command.exists("containers-storage");
    }

    /** What compares two directories and has nothing in common with Varve; it comes with the images. */
    static Path comparer() {
        return directory().resolveSibling("tools").resolve("treecmp.py");
    }

    static boolean availableWithComparer() {
        return available() && Command.exists("umoci") && Files.isRegularFile(comparer()) && Command.exists("python3");
    }
}
