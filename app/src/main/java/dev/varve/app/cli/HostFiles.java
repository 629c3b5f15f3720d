package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Copies some files that most hosts have and everybody may read. What is not there or not readable is passed over; all
 * together stays small.
 */
final class HostFiles extends SimpleFileVisitor<Path> {
    private static final List<String> SOURCES = List.of("/etc/os-release", "/usr/lib/os-release", "/etc/passwd",
            "/etc/group", "/etc/shells", "/etc/services", "/etc/protocols", "/usr/share/common-licenses",
            "/usr/share/zoneinfo/Europe", "/usr/share/perl5", "/usr/share/doc");
    private static final int FILES_OF_ONE = 80;
    private static final int FILES = 300;
    private static final long BYTES = 8_000_000;
    private static final long BYTES_OF_FILE = 256_000;
    private final Path root;
    private final Tour.Step step;
    private int files;
    private int ofThis;
    private long bytes;

    private HostFiles(Path root, Tour.Step step) {
        this.root = root;
        this.step = step;
    }

    static void copyTo(Path root, Tour.Step step) throws IOException {
        HostFiles copier = new HostFiles(root, step);
        for (String source : SOURCES) {
            copier.ofThis = 0;
            Path path = Path.of(source);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(path, copier);
            }
        }
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        step.check();
        if (attributes.isSymbolicLink()
                || attributes.isRegularFile() && attributes.size() <= BYTES_OF_FILE && Files.isReadable(file)) {
            Path target = root.resolve(Path.of("/").relativize(file));
            Path parent = target.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
            files++;
            ofThis++;
            bytes += attributes.size();
            step.progress().report("copying " + file, bytes, 0);
        }
        return ofThis < FILES_OF_ONE && files < FILES && bytes < BYTES ? FileVisitResult.CONTINUE
                : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        return FileVisitResult.CONTINUE;
    }
}
