package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After every class of this module nothing of it is left: no mount, no loop device, no directory. JUnit finds it as a
 * service. Only what lies under target/stores is looked at: other programs mount too; and not at what a run that was
 * killed left there before this one.
 */
public final class LeakCheck implements AfterAllCallback {
    private static final Path STORES = Path.of("target", "stores").toAbsolutePath();
    private static final Path LOOPS = Path.of("/sys/block");
    /** What was there before the first test, or was told of already. */
    private static final Set<String> EARLIER = ConcurrentHashMap.newKeySet();

    static {
        EARLIER.addAll(stores());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (context.getRequiredTestClass().isAnnotationPresent(Nested.class)) {
            return; // the class around it may hold more
        }
        try {
            assertNothingIsLeft();
        } finally {
            EARLIER.addAll(stores());
        }
    }

    private static void assertNothingIsLeft() throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            assertThat(mounts.filter(LeakCheck::isOurs)).as("mounts that are left").isEmpty();
        }
        assertThat(loopDevices().stream().filter(LeakCheck::isOurs)).as("loop devices that are left").isEmpty();
        assertThat(stores().stream().filter(s -> !EARLIER.contains(s))).as("directories that are left").isEmpty();
    }

    private static boolean isOurs(String text) {
        return text.contains(STORES.toString()) && EARLIER.stream().noneMatch(text::contains);
    }

    private static List<String> stores() {
        if (!Files.isDirectory(STORES)) {
            return List.of();
        }
        try (Stream<Path> stores = Files.list(STORES)) {
            return stores.map(Path::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
