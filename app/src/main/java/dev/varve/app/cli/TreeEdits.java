package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Changes a mounted tree in each way there is, at places that the tree offers. What it touches was found by a walk that
 * follows no link, so a symbolic link in a strange image cannot lead it to the host's files.
 */
final class TreeEdits {
    private static final int MAX_SEEN = 20_000;
    private static final int MAX_DIRECTORY = 200;
    private static final long MAX_FILE = 1 << 20;
    private static final List<String> WELL_KNOWN = List.of("etc/passwd", "etc/group", "etc/profile", "etc/hosts");

    /** A directory with the number of things in it, all the way down. */
    private record Found(Path path, int inside) {}

    private final Path root;
    private final List<Path> files = new ArrayList<>();
    private final List<Found> directories = new ArrayList<>();
    private final List<Path> touched = new ArrayList<>();
    private final List<String> done = new ArrayList<>();

    private TreeEdits(Path root) {
        this.root = root;
    }

    /** @return what was done, a line each */
    static List<String> make(Path root) throws IOException {
        TreeEdits edits = new TreeEdits(root);
        edits.look();
        edits.add();
        edits.modify();
        edits.deleteFile();
        edits.deleteDirectory();
        edits.replaceDirectory();
        return edits.done;
    }

    private void add() throws IOException {
        Path parent = root;
        if (!Files.isWritable(root)) {
            Optional<Found> other = directories.stream().filter(d -> Files.isWritable(d.path)).findFirst();
            if (other.isEmpty()) {
                did("add", "nothing: this user may write nowhere in this tree");
                return;
            }
            parent = other.get().path;
        }
        Path directory = parent.resolve("varve-quickstart");
        for (int n = 2; Files.exists(directory, LinkOption.NOFOLLOW_LINKS); n++) {
            directory = parent.resolve("varve-quickstart-" + n);
        }
        Files.createDirectory(directory);
        Files.writeString(directory.resolve("hello.txt"), "hello\n", StandardOpenOption.CREATE_NEW);
        Files.createSymbolicLink(directory.resolve("hello"), Path.of("hello.txt"));
        touched.add(directory);
        did("add", name(directory) + "  (a directory, a file and a link)");
    }

    private void modify() throws IOException {
        Optional<Path> known = WELL_KNOWN.stream()
                .map(root::resolve)
                .filter(files::contains)
                .filter(Files::isWritable)
                .findFirst();
        Optional<Path> file = known.isPresent() ? known : files.stream().filter(Files::isWritable).findFirst();
        if (file.isEmpty()) {
            did("modify", "nothing: no regular file here that this user may write");
            return;
        }
        Files.writeString(file.get(), "# varve was here\n", StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
        touched.add(file.get());
        did("modify", name(file.get()) + "  (one line more)");
    }

    private void deleteFile() throws IOException {
        Optional<Path> file = files.stream().filter(this::isFree).filter(f -> removable(f)).findFirst();
        if (file.isEmpty()) {
            did("delete", "no file: there is none to spare");
            return;
        }
        Files.delete(file.get());
        touched.add(file.get());
        did("delete", name(file.get()));
    }

    private void deleteDirectory() throws IOException {
        Optional<Found> directory = spareDirectory();
        if (directory.isEmpty()) {
            did("delete", "no directory: there is none to spare");
            return;
        }
        Trees.delete(directory.get().path);
        touched.add(directory.get().path);
        did("delete", name(directory.get().path) + "/  (with " + directory.get().inside + " inside)");
    }

    private void replaceDirectory() throws IOException {
        Optional<Found> directory = spareDirectory();
        if (directory.isEmpty()) {
            did("replace", "no directory: there is none to spare");
            return;
        }
        Path path = directory.get().path;
        Trees.delete(path);
        Files.createDirectory(path);
        Files.writeString(path.resolve("new.txt"), "all that was here before is gone\n", StandardOpenOption.CREATE_NEW);
        touched.add(path);
        did("replace", name(path) + "/  (" + directory.get().inside + " inside, now 1)");
    }

    /** One with a few things in it rather than one with a single thing, and none that was touched. */
    private Optional<Found> spareDirectory() {
        Predicate<Found> spare = d -> isFree(d.path) && removable(d.path) && d.inside <= MAX_DIRECTORY;
        Optional<Found> good = directories.stream().filter(d -> d.inside > 1).filter(spare).findFirst();
        return good.isPresent() ? good : directories.stream().filter(d -> d.inside == 1).filter(spare).findFirst();
    }

    private boolean isFree(Path path) {
        return touched.stream().noneMatch(t -> t.startsWith(path) || path.startsWith(t));
    }

    private static boolean removable(Path path) {
        Path parent = path.getParent();
        return parent != null && Files.isWritable(parent);
    }

    private void did(String verb, String what) {
        done.add(String.format("%-8s %s", verb, what));
    }

    private String name(Path path) {
        return "/" + root.relativize(path);
    }

    /** Walks the tree, or as much of it as a tour needs. */
    private void look() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            private final Deque<Integer> before = new ArrayDeque<>();
            private int seen;

            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                before.push(++seen);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                seen++;
                if (attributes.isRegularFile() && attributes.size() <= MAX_FILE) {
                    files.add(file);
                }
                return seen > MAX_SEEN ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                seen++;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) {
                int inside = seen - before.pop();
                if (failure == null && inside > 0 && !dir.equals(root)) {
                    directories.add(new Found(dir, inside));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        directories.sort((a, b) -> a.path.compareTo(b.path));
    }
}
