package dev.varve.app;

import java.nio.file.Path;
import java.util.Map;

/** Where a user's store is when nothing says otherwise (XDG Base Directory Specification, "$XDG_DATA_HOME"). */
final class DefaultStore {
    private DefaultStore() {}

    static Path path(Map<String, String> environment, String user, String home) {
        if (user.equals("root")) {
            return Path.of("/var/lib/varve");
        }
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        return data.startsWith("/") ? Path.of(data, "varve") : Path.of(home, ".local", "share", "varve");
    }
}
