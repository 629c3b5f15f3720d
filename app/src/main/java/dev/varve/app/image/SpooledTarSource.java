package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerReader;

/**
 * An image in a tar, read once from its beginning to its end. Small files are kept in memory, others in a spool. Of
 * several entries of one name the last counts, as for tar. Links are followed within the archive, by names alone.
 */
final class SpooledTarSource implements ImageSource {
    private static final ArchiveLimits LIMITS = new ArchiveLimits(100_000, 1 << 20, 4096, 128, 1 << 16, 1L << 40);
    /** Above this a file goes to the spool. */
    private static final long SMALL = 1 << 20;
    private static final long MEMORY = 32 << 20;
    private static final int NAMES = 32 << 20;
    /** Of all holes together: they cost no room, but have to be read and digested. */
    private static final long HOLES = 64L << 30;
    private static final int HOPS = 40;

    private final String name;
    private final Spool spool;
    private final Map<EntryPath, Entry> entries = new HashMap<>();
    private final byte[] buffer = new byte[1 << 18];
    private long kept;
    private long names;
    private long holes;

    private SpooledTarSource(String name, Spool spool) {
        this.name = name;
        this.spool = spool;
    }

    private sealed interface Entry {}

    private record Small(byte[] bytes) implements Entry, Content {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }

    private record Large(Spool spool, long offset, long size) implements Entry, Content {
        @Override
        public InputStream open() {
            return spool.open(offset, size);
        }
    }

    /** A hard link, its target from the root of the archive, or a symbolic link, its target from where it stands. */
    private record Link(byte[] target) implements Entry {}

    /**
     * Reads the archive to its end.
     *
     * @param name what it is, for messages
     * @param raw  compressed or not; it is closed
     */
    static SpooledTarSource read(String name, InputStream raw, Archives archives, StagingArea staging)
            throws VarveException {
        Spool spool = new Spool(staging);
        try {
            SpooledTarSource source = new SpooledTarSource(name, spool);
            source.index(raw, archives);
            return source;
        } catch (BadDataException e) {
            spool.close();
            throw new BadDataException("cannot read an image from " + name + ": " + e.getMessage(), e.hint().orElse(""),
                    e);
        } catch (VarveException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }

    private void index(InputStream raw, Archives archives) throws VarveException {
        try (LayerReader reader = archives.reader(archives.decompress(raw).stream(), LIMITS)) {
            for (Optional<ArchiveEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
                switch (next.get()) {
                    case ArchiveEntry.HardLink link -> put(link.path(), link(link.target().toBytes(), true));
                    case ArchiveEntry.File file -> index(file, reader);
                }
            }
        }
    }

    private void index(ArchiveEntry.File file, LayerReader reader) throws VarveException {
        switch (file.node()) {
            case Node.RegularFile regular -> put(file.path(), content(reader, regular.size()));
            case Node.Symlink symlink -> put(file.path(), link(symlink.target(), false));
            // Not a file any more: what an earlier entry of this name said does not count.
            case Node.Directory other -> entries.remove(file.path());
            case Node.Device other -> entries.remove(file.path());
            case Node.Fifo other -> entries.remove(file.path());
            case Node.Socket other -> entries.remove(file.path());
        }
    }

    private void put(EntryPath path, Entry entry) throws VarveException {
        names += path.toBytes().length + 100L;
        if (names > NAMES) {
            throw new BadDataException("the names in it are longer than " + NAMES + " bytes together", "");
        }
        if (!path.isRoot()) {
            entries.put(path, entry);
        }
    }

    private Link link(byte[] target, boolean fromRoot) {
        names += target.length;
        if (!fromRoot) {
            return new Link(target);
        }
        byte[] absolute = new byte[target.length + 1];
        absolute[0] = '/';
        System.arraycopy(target, 0, absolute, 1, target.length);
        return new Link(absolute);
    }

    private Entry content(LayerReader reader, long size) throws VarveException {
        if (size <= SMALL && kept + size <= MEMORY) {
            kept += size;
            byte[] bytes = new byte[(int) size];
            for (int n = reader.read(buffer, 0, buffer.length); n > 0; n = reader.read(buffer, 0, buffer.length)) {
                System.arraycopy(buffer, 0, bytes, (int) reader.dataOffset(), n);
            }
            return new Small(bytes);
        }
        long start = spool.reserve(size);
        long stored = 0;
        for (int n = reader.read(buffer, 0, buffer.length); n > 0; n = reader.read(buffer, 0, buffer.length)) {
            spool.write(start + reader.dataOffset(), buffer, n);
            stored += n;
        }
        holes += size - stored;
        if (holes > HOLES) {
            throw new BadDataException("the sparse files in it have holes of more than " + HOLES + " bytes together",
                    "save the image again without sparse files");
        }
        return new Large(spool, start, size);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<Content> find(EntryPath path) throws VarveException {
        EntryPath at = path;
        for (int hop = 0; hop <= HOPS; hop++) {
            Entry entry = entries.get(at);
            if (entry == null) {
                return Optional.empty();
            }
            switch (entry) {
                case Small small -> { return Optional.of(small); }
                case Large large -> { return Optional.of(large); }
                case Link link -> at = resolve(at, link.target());
            }
        }
        throw new BadDataException(describe(path) + " leads through too many symbolic links", "");
    }

    private static EntryPath resolve(EntryPath link, byte[] target) throws VarveException {
        if (target.length > 0 && target[0] == '/') {
            return EntryPath.ofArchive(target);
        }
        byte[] directory = link.parent().toBytes();
        byte[] joined = java.util.Arrays.copyOf(directory, directory.length + 1 + target.length);
        joined[directory.length] = '/';
        System.arraycopy(target, 0, joined, directory.length + 1, target.length);
        return EntryPath.ofArchive(joined);
    }

    @Override
    public void close() {
        spool.close();
    }
}
