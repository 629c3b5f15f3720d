package dev.varve.app.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.mount.MountInfo;

/** Trees of files outside any store. No symbolic link is followed. */
final class Trees {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

    private Trees() {}

    /** Deletes a directory with all that is in it, also where its owner may not write. */
    static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                if (!Files.isWritable(dir) || !Files.isExecutable(dir)) {
                    open(dir);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void open(Path dir) {
        try {
            Files.setPosixFilePermissions(dir, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
        } catch (IOException e) {
            // Deleting will fail then, and say why.
        }
    }

    /** What is mounted at or beneath this directory. */
    static List<MountInfo> mountsWithin(Path directory) throws IOException {
        return mounts()
                .filter(m -> mountPoint(m).equals(directory.toString()) || mountPoint(m).startsWith(directory + "/"))
                .toList();
    }

    /** What is mounted at this directory, if anything is. */
    static Optional<MountInfo> mountAt(Path directory) throws IOException {
        return mounts().filter(m -> mountPoint(m).equals(directory.toString())).reduce((below, top) -> top);
    }

    private static Stream<MountInfo> mounts() throws IOException {
        // Mount points are bytes; in Latin-1 each of them is a character.
        return Files.readAllLines(MOUNTINFO, StandardCharsets.ISO_8859_1).stream().map(MountInfo::parse);
    }

    /** As text, which is no {@code Path} in every locale. */
    private static String mountPoint(MountInfo mount) {
        return new String(mount.mountPoint().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
