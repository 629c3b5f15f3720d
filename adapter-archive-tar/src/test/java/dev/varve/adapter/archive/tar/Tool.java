package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs other programs that know tars. */
final class Tool {
    private Tool() {}

    static boolean isPresent(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, name))) {
                return true;
            }
        }
        return false;
    }

    /** What it printed, in ISO 8859-1; its messages go to the failure if it does not succeed. */
    static String run(Path directory, String... command) throws IOException, InterruptedException {
        Path messages = Files.createTempFile("tool", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(directory.toFile())
                    .redirectError(messages.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("TZ", "UTC");
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(process.waitFor()).as(() -> String.join(" ", command) + messages(messages)).isZero();
            return out;
        } finally {
            Files.delete(messages);
        }
    }

    private static String messages(Path messages) {
        try {
            return ": " + Files.readString(messages, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ": " + e;
        }
    }
}
