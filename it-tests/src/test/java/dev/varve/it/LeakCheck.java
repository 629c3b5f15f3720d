package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After every class of this module nothing of it is left: no mount, no loop device, no directory. JUnit finds it as a
 * service. Only what lies under target/stores is looked at: other programs mount too.
 */
public final class LeakCheck implements AfterAllCallback {
    private static final Path STORES = Path.of("target", "stores").toAbsolutePath();
    private static final Path LOOPS = Path.of("/sys/block");

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        String place = STORES.toString();
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            assertThat(mounts.filter(m -> m.contains(place))).as("mounts that are left").isEmpty();
        }
        assertThat(loopDevices().stream().filter(f -> f.startsWith(place))).as("loop devices that are left").isEmpty();
        if (Files.isDirectory(STORES)) {
            try (Stream<Path> left = Files.list(STORES)) {
                assertThat(left).as("directories that are left").isEmpty();
            }
        }
    }

    /** The files behind them. */
    private static List<String> loopDevices() throws IOException {
        if (!Files.isDirectory(LOOPS)) {
            return List.of();
        }
        try (Stream<Path> devices = Files.list(LOOPS)) {
            return devices.map(d -> d.resolve("loop/backing_file"))
                    .filter(Files::exists)
                    .map(LeakCheck::content)
                    .toList();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // it went meanwhile
        }
    }
}
