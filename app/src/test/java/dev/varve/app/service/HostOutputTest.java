package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.error.SyscallFailedException;

/** What is saved to the host is there as a whole, with its name, or not at all. */
class HostOutputTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private final List<Path> synced = new ArrayList<>();
    @TempDir
    private Path directory;

    /** What is in the directory at the moment when its names are brought onto the disk. */
    private void sync(Path names) throws IOException {
        assertThat(names).isEqualTo(directory);
        try (Stream<Path> entries = Files.list(names)) {
            synced.addAll(entries.toList());
        }
    }

    @Test
    void theNameOfAFileIsSyncedOnceItIsThere() throws IOException {
        Path file = directory.resolve("layer.tar");
        HostOutput.file(file, out -> {
            out.write(CONTENT);
            return file;
        }, this::sync);
        assertThat(synced).containsExactly(file);
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void aLinkIsFollowedAlsoToAFileThatIsNotThereYet() throws IOException {
        Path file = directory.resolve("layer.tar");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("layer.tar"));
        for (int times = 0; times < 2; times++) {
            HostOutput.file(link, out -> {
                out.write(CONTENT);
                return file;
            });
            assertThat(link).isSymbolicLink();
            assertThat(file).isRegularFile().hasBinaryContent(CONTENT);
        }
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> HostOutput.file(loop, out -> out));
        assertThat(loop).isSymbolicLink();
    }

    @Test
    void theNameOfADirectoryIsSyncedOnceItIsThere() throws IOException {
        Path image = directory.resolve("image");
        HostOutput.directory(image, at -> Files.write(at.resolve("index.json"), CONTENT), this::sync);
        assertThat(synced).containsExactly(image);
        assertThat(image.resolve("index.json")).hasBinaryContent(CONTENT);
    }

    @Test
    void aNameThatCannotBeSyncedIsAFailure() {
        assertThatExceptionOfType(SyscallFailedException.class)
                .isThrownBy(() -> HostOutput.file(directory.resolve("f"), out -> out, _ -> {
                    throw new IOException("Input/output error");
                }))
                .withMessageContaining("EIO");
    }

    @Test
    void theKernelSyncsADirectory() throws IOException {
        Path file = directory.resolve("f");
        HostOutput.file(file, out -> {
            out.write(CONTENT);
            return file;
        });
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void whatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.write(directory.resolve("f"), CONTENT);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> HostOutput.file(file, _ -> {
            throw new IOException("No space left on device");
        }));
        assertThat(file).hasBinaryContent(CONTENT);
        assertThat(directory).isDirectoryContaining(p -> p.equals(file));
        try (Stream<Path> entries = Files.list(directory)) {
            assertThat(entries).containsExactly(file);
        }
    }
}
