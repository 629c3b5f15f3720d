package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

import dev.varve.app.service.HostFailure;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;

/**
 * An image in a directory of the host, outside of the store. A symbolic link may lead to another file of the directory,
 * as in an unpacked docker archive, and nowhere else. Whoever may write to the directory while it is read could lead a
 * read elsewhere; what is read so still has to have the digest that the image says.
 */
final class DirectorySource implements ImageSource {
    private final Path root;

    DirectorySource(Path directory) throws VarveException {
        try {
            root = directory.toRealPath();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    @Override
    public String name() {
        return Json.printable(root.toString());
    }

    @Override
    public Optional<Content> find(EntryPath path) throws VarveException {
        Path real;
        try {
            real = root.resolve(new String(path.toBytes(), StandardCharsets.UTF_8)).toRealPath();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(root.resolve(path.toString().substring(1)), e);
        } catch (InvalidPathException e) {
            throw new BadDataException(describe(path) + " has a name that Java cannot hold", "", e);
        }
        if (!real.startsWith(root)) {
            throw new UnsafePathException(describe(path) + " is a symbolic link that leads out of the directory");
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new BadDataException(describe(path) + " is not a regular file", "");
            }
            return Optional.of(new HostFile(real, attributes.size()));
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(real, e);
        }
    }

    @Override
    public void close() {}

    private record HostFile(Path path, long size) implements Content {
        @Override
        public InputStream open() throws VarveException {
            return DirectorySource.open(path, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Opens a file of the host that an image is read from. */
    static InputStream open(Path file, LinkOption... options) throws VarveException {
        try {
            return Files.newInputStream(file, options);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static VarveException unreadable(Path file, IOException e) {
        return HostFailure.of("cannot read an image from " + Json.printable(file.toString()), e);
    }
}
