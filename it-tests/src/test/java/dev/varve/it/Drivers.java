package dev.varve.it;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories for stores of the real drivers. */
final class Drivers {
    private Drivers() {}

    /** A directory for one test; under target, because /tmp may be a tmpfs, or too small. */
    static Path freshDirectory() throws IOException {
        Path parent = Files.createDirectories(Path.of("target", "stores").toAbsolutePath());
        return Files.createTempDirectory(parent, "it-");
    }

    /** Fails where a mount is left in the way. Directories that forbid it are opened first. */
    static void delete(Path root) throws IOException {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            if (!isRoot()) {
                Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.delete(root);
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
