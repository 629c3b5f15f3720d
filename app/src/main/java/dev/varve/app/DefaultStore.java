package dev.varve.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a user's store is when nothing says otherwise (XDG Base Directory Specification, "$XDG_DATA_HOME"). */
final class DefaultStore {
    private static final Path SELF = Path.of("/proc/self");

    private DefaultStore() {}

    /** @throws IllegalStateException if the environment tells of no home directory */
    static Path ofUser() {
        return path(System.getenv(), isRoot(), System.getProperty("user.home"));
    }

    /**
     * @param home as the user database has it, for where the environment says nothing; no path for a user whom it does not
     *             know
     * @throws IllegalStateException if there is no absolute home directory
     */
    static Path path(Map<String, String> environment, boolean root, String home) {
        if (root) {
            return Path.of("/var/lib/varve");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        if (data.startsWith("/")) {
            return Path.of(data, "varve");
        }
        String said = environment.getOrDefault("HOME", "");
        String base = said.startsWith("/") ? said : home;
        if (!base.startsWith("/")) {
            throw new IllegalStateException("this user has no home directory to keep a store in");
        }
        return Path.of(base, ".local", "share", "varve");
    }

    /** By number, from the kernel: in a bare container Java knows no user's name. */
    static boolean isRoot() {
        try {
            return Files.getAttribute(SELF, "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name").equals("root");
        }
    }
}
