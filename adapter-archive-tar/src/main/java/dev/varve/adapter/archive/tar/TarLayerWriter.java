package dev.varve.adapter.archive.tar;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.LayerWriter;

/**
 * Writes ustar headers, preceded by a PAX header for what they cannot hold (POSIX.1-2017 pax). The bytes depend on the
 * calls alone: no clock, no user names, records in the order of their keywords. Extended attributes travel as
 * {@code SCHILY.xattr} (OCI image specification, layer.md, "File Attributes"), and hard links repeat the attributes of
 * their file: see {@link ArchiveEntry.HardLink}.
 */
final class TarLayerWriter implements LayerWriter {
    private static final int CAPACITY = 1 << 16;
    private static final byte[] ZEROS = new byte[2 * UstarHeader.BLOCK];
    private static final byte[] NOTHING = new byte[0];
    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
    private final byte[] header = new byte[UstarHeader.BLOCK];
    private int buffered;
    private long left;
    private int padding;
    private boolean finished;
    private boolean closed;

    TarLayerWriter(OutputStream out) {
        this.out = out;
    }

    @Override
    public void put(ArchiveEntry entry) throws VarveException {
        requireComplete();
        if (finished) {
            throw new IllegalStateException("the archive is finished");
        }
        if (entry.path().isRoot()
                && !(entry instanceof ArchiveEntry.File file && file.node() instanceof Node.Directory)) {
            throw new IllegalArgumentException("the root of a layer can only be a directory");
        }
        switch (entry) {
            case ArchiveEntry.File(EntryPath path, Node node, Attributes attributes) -> putFile(path, node, attributes);
            case ArchiveEntry.HardLink(EntryPath path, EntryPath target, Attributes attributes) ->
                    putHeader(name(path), target.toBytes(), '1', 0, attributes, 0, 0);
        }
    }

    private void putFile(EntryPath path, Node node, Attributes attributes) throws VarveException {
        byte[] name = name(path);
        switch (node) {
            case Node.RegularFile(long size) -> {
                putHeader(name, NOTHING, '0', size, attributes, 0, 0);
                left = size;
                padding = (int) (-size & UstarHeader.BLOCK - 1);
            }
            case Node.Directory() -> putHeader(directoryName(name), NOTHING, '5', 0, attributes, 0, 0);
            case Node.Symlink link -> putHeader(name, link.target(), '2', 0, attributes, 0, 0);
            case Node.Device(FileType type, int major, int minor) -> {
                if (major < 0 || minor < 0) {
                    throw new IllegalArgumentException("negative device number: " + major + ":" + minor);
                }
                putHeader(name, NOTHING, type == FileType.CHARACTER_DEVICE ? '3' : '4', 0, attributes, major, minor);
            }
            case Node.Fifo() -> putHeader(name, NOTHING, '6', 0, attributes, 0, 0);
            case Node.Socket() -> throw new IllegalArgumentException("a tar cannot hold a socket: " + path);
        }
    }

    private static byte[] name(EntryPath path) {
        return path.isRoot() ? new byte[]{'.'} : path.toBytes();
    }

    private static byte[] directoryName(byte[] name) {
        byte[] withSlash = Arrays.copyOf(name, name.length + 1);
        withSlash[name.length] = '/';
        return withSlash;
    }

    private void putHeader(byte[] name, byte[] link, char type, long size, Attributes attributes, long major,
            long minor) throws VarveException {
        PaxHeader pax = new PaxHeader();
        UstarHeader.clear(header);
        int split = split(name);
        if (split < 0) {
            pax.addName("path", name);
            UstarHeader.writeName(header, shortened(name));
        } else if (split == 0) {
            UstarHeader.writeName(header, name);
        } else {
            UstarHeader.writePrefix(header, Arrays.copyOf(name, split));
            UstarHeader.writeName(header, Arrays.copyOfRange(name, split + 1, name.length));
        }
        if (link.length > UstarHeader.NAME_LENGTH) {
            pax.addName("linkpath", link);
        }
        UstarHeader.writeLink(header, link);
        long seconds = attributes.modified().getEpochSecond();
        if (attributes.modified().getNano() != 0 || seconds < 0 || seconds > UstarHeader.MAX_OCTAL_12) {
            pax.add("mtime", PaxTime.format(attributes.modified()));
        }
        UstarHeader.writeAttributes(header, attributes.mode(),
                pax.octalOrRecord("uid", attributes.uid(), UstarHeader.MAX_OCTAL_8),
                pax.octalOrRecord("gid", attributes.gid(), UstarHeader.MAX_OCTAL_8),
                Math.clamp(seconds, 0, UstarHeader.MAX_OCTAL_12));
        UstarHeader.writeDevice(header, major, minor);
        UstarHeader.seal(header, type, pax.octalOrRecord("size", size, UstarHeader.MAX_OCTAL_12));
        pax.addXattrs(attributes.xattrs());
        if (!pax.isEmpty()) {
            putExtension(name, pax.toBytes());
        }
        append(header, 0, header.length);
    }

    private void putExtension(byte[] name, byte[] records) throws VarveException {
        byte[] block = new byte[UstarHeader.BLOCK];
        UstarHeader.clear(block);
        UstarHeader.writeName(block, PaxHeader.nameFor(name));
        UstarHeader.writeAttributes(block, 0644, 0, 0, 0);
        UstarHeader.seal(block, 'x', records.length);
        append(block, 0, block.length);
        append(records, 0, records.length);
        append(ZEROS, 0, -records.length & UstarHeader.BLOCK - 1);
    }

    /** Where the prefix ends: 0 if none is needed, -1 if the fields cannot hold the name. */
    private static int split(byte[] name) {
        if (name.length <= UstarHeader.NAME_LENGTH) {
            return 0;
        }
        int first = Math.max(1, name.length - 1 - UstarHeader.NAME_LENGTH);
        for (int i = Math.min(UstarHeader.PREFIX_LENGTH, name.length - 2); i >= first; i--) {
            if (name[i] == '/') {
                return i;
            }
        }
        return -1;
    }

    /** For readers that know no PAX; without a slash at its end, which would make a directory of a file. */
    private static byte[] shortened(byte[] name) {
        int length = UstarHeader.NAME_LENGTH;
        while (name[length - 1] == '/') {
            length--;
        }
        return Arrays.copyOf(name, length);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws VarveException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        if (length > left) {
            throw new IllegalStateException("more content than the size that the entry gave, by " + (length - left));
        }
        append(bytes, from, length);
        left -= length;
        if (left == 0) {
            append(ZEROS, 0, padding);
            padding = 0;
        }
    }

    @Override
    public void finish() throws VarveException {
        requireComplete();
        if (finished) {
            return;
        }
        append(ZEROS, 0, ZEROS.length);
        try {
            flushBuffer();
            out.flush();
        } catch (IOException e) {
            throw failure(e);
        }
        finished = true;
    }

    private void requireComplete() {
        if (closed) {
            throw new IllegalStateException("the archive is closed");
        }
        if (left > 0) {
            throw new IllegalStateException("the content of the entry before lacks " + left + " bytes");
        }
    }

    private void append(byte[] bytes, int from, int length) throws VarveException {
        try {
            if (length > CAPACITY - buffered) {
                flushBuffer();
                if (length >= CAPACITY) {
                    out.write(bytes, from, length);
                    return;
                }
            }
            System.arraycopy(bytes, from, buffer, buffered, length);
            buffered += length;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void flushBuffer() throws IOException {
        out.write(buffer, 0, buffered);
        buffered = 0;
    }

    private static VarveException failure(IOException e) {
        return e instanceof VarveException known ? known
                : new BadDataException("cannot write the archive: " + e.getMessage(), "see whether its target has room",
                        e);
    }

    @Override
    public void close() throws VarveException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
