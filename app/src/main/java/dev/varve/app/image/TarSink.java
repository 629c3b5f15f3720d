package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerWriter;

/** Writes an image as a tar: the same bytes for the same files, which all are root's and from the epoch. */
final class TarSink implements ImageSink {
    private static final int BUFFER = 1 << 17;
    private final LayerWriter writer;
    private final Set<EntryPath> directories = new HashSet<>();
    private final byte[] buffer = new byte[BUFFER];

    /** @param out stays open */
    TarSink(Archives archives, OutputStream out) {
        this.writer = archives.writer(out);
    }

    @Override
    public void put(String name, long size, InputStream content) throws IOException {
        EntryPath path = EntryPath.of(name);
        directory(path.parent());
        writer.put(new ArchiveEntry.File(path, new Node.RegularFile(size), attributes(0644)));
        for (int n = content.read(buffer); n > 0; n = content.read(buffer)) {
            writer.write(buffer, 0, n);
        }
    }

    private void directory(EntryPath path) throws VarveException {
        if (!path.isRoot() && directories.add(path)) {
            directory(path.parent());
            writer.put(new ArchiveEntry.File(path, new Node.Directory(), attributes(0755)));
        }
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.EPOCH, Xattrs.NONE);
    }

    @Override
    public void finish() throws IOException {
        writer.finish();
    }
}
