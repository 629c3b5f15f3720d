package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes an image into a directory of the host. */
public final class DirectorySink implements ImageSink {
    private final Path root;

    /** @param root exists, or can be made */
    public DirectorySink(Path root) {
        this.root = root;
    }

    @Override
    public void put(String name, long size, InputStream content) throws IOException {
        Path file = root.resolve(name);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.copy(content, file);
    }

    @Override
    public void finish() {
        // nothing comes after the last file
    }
}
