package dev.varve.app.service;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;

/** Writes files and directories of the host, outside of a store, so that each is there as a whole or not at all. */
public final class HostOutput {
    private static final int MAX_LINKS = 40;

    private HostOutput() {}

    /** What is to be written, and what comes of it. */
    public interface Writing<T, R> {
        R to(T target) throws IOException;
    }

    /**
     * Writes a new file, or over an existing one, which is replaced only when all is written and synced; when this returns,
     * its name is on the disk, too. A symbolic link is followed; a device or a pipe is written to, never replaced.
     */
    public static <R> R file(Path file, Writing<OutputStream, R> writing) throws VarveException {
        return file(file, writing, HostOutput::syncNames);
    }

    static <R> R file(Path file, Writing<OutputStream, R> writing, Syncing names) throws VarveException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
                    return writing.to(stream("cannot write \"" + file + "\"", out));
                }
            }
            Path target = followed(file);
            Path temporary = beside(target);
            try {
                R result;
                // made anew with the modes of the umask, unlike the JDK's own temporary files
                try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE_NEW); OutputStream out = Channels.newOutputStream(channel)) {
                    result = writing.to(stream("cannot write \"" + file + "\"", out));
                    channel.force(true);
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                names.sync(parent(target));
                return result;
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw HostFailure.of("cannot write \"" + file + "\"", e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /**
     * The same stream, whose failures are those of the host: whoever writes an archive to it cannot take them for the
     * archive's. Closing it flushes and leaves the other open.
     *
     * @param action as for {@link HostFailure#of}
     */
    public static OutputStream stream(String action, OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int from, int length) throws IOException {
                to(() -> out.write(buffer, from, length));
            }

            @Override
            public void flush() throws IOException {
                to(out::flush);
            }

            private void to(Step step) throws IOException {
                try {
                    step.run();
                } catch (VarveException e) {
                    throw e;
                } catch (IOException e) {
                    throw HostFailure.of(action, e);
                }
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }

    /**
     * Writes a new directory, or one in place of an empty one; it appears when all in it is written and synced, and when
     * this returns, its name is on the disk, too.
     */
    public static <R> R directory(Path directory, Writing<Path, R> writing) throws VarveException {
        return directory(directory, writing, HostOutput::syncNames);
    }

    static <R> R directory(Path directory, Writing<Path, R> writing, Syncing names) throws VarveException {
        try {
            Path target = Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath().normalize();
            requireEmpty(target);
            Path temporary = Files.createDirectory(beside(target));
            try {
                R result = writing.to(temporary);
                sync(temporary);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                names.sync(parent(target));
                return result;
            } finally {
                delete(temporary);
            }
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw HostFailure.of("cannot write \"" + directory + "\"", e);
        }
    }

    /** The file that the name stands for, which need not be there yet. */
    private static Path followed(Path file) throws IOException {
        Path at = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(at); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return at;
    }

    /** Known before all is written, and not only when it is moved to its place. */
    private static void requireEmpty(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            try (Stream<Path> content = Files.list(target)) {
                if (content.findAny().isPresent()) {
                    throw new SyscallFailedException("cannot write \"" + target + "\"", Errno.ENOTEMPTY, "",
                            "an image goes into a new or an empty directory");
                }
            }
        }
    }

    /** Brings the names in a directory onto the disk. */
    interface Syncing {
        void sync(Path directory) throws IOException;
    }

    /**
     * fsync(2) of a directory. It cannot be had of one that may be written to but not read, nor, with EINVAL, on a file
     * system that has none for directories (fsync(2), "ERRORS").
     */
    private static void syncNames(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            return;
        } catch (IOException e) {
            if (!"Invalid argument".equals(e.getMessage())) {
                throw e;
            }
        }
    }

    private static Path parent(Path target) {
        return Objects.requireNonNull(target.getParent(), "a file is in a directory");
    }

    private static Path beside(Path target) {
        return parent(target).resolve(".varve-" + UUID.randomUUID() + ".part");
    }

    private static void sync(Path root) throws IOException {
        for (Path path : walked(root)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            for (Path path : walked(root)) {
                Files.delete(path);
            }
        }
    }

    /** What is in a directory before the directory itself. */
    private static List<Path> walked(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
