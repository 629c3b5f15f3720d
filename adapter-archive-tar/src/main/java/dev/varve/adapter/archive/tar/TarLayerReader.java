package dev.varve.adapter.archive.tar;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.LayerReader;

/**
 * Reads v7, ustar, GNU and PAX archives. What one entry says twice is decided so, and the same for every entry:
 * <ul>
 * <li>name: {@code GNU.sparse.name}, PAX {@code path}, GNU {@code L}, ustar prefix and name; link: PAX {@code linkpath},
 * GNU {@code K}, ustar. A PAX and a GNU name that differ are refused: readers disagree on them.
 * <li>size of what is stored: PAX {@code size}, ustar. Of a sparse file the map has to account for exactly that.
 * <li>owner, time, devices: PAX {@code x}, PAX {@code g}, ustar. A {@code g} header may not give names,
 * sizes or extended attributes.
 * <li>A second {@code x}, {@code L} or {@code K} for one entry is refused.
 * <li>Only regular files have content. A hard link that states a size has some if no header follows it directly, as
 * POSIX pax may write it and most other readers do not expect.
 * <li>A regular file whose name ends in a slash is a directory (v7 had no other), and refused if it has content.
 * </ul>
 * The end is two empty blocks, or the end of the stream where a header could begin. After a failure every call fails.
 */
final class TarLayerReader implements LayerReader {
    private static final PaxRecords NO_RECORDS = new PaxRecords();
    private final TarInput input;
    private final ArchiveLimits limits;
    private PaxRecords global = NO_RECORDS;
    private @Nullable PaxRecords own;
    private byte @Nullable [] longName;
    private byte @Nullable [] longLink;
    private long metadata;
    private long headerAt;
    private long entries;
    private boolean ended;
    private @Nullable VarveException failure;
    private @Nullable SparseMap map;
    private int segment;
    private long segmentLeft;
    private long position;
    private long dataOffset;
    private long left;
    private long padding;

    TarLayerReader(TarInput input, ArchiveLimits limits) {
        this.input = input;
        this.limits = limits;
    }

    @Override
    public Optional<ArchiveEntry> next() throws VarveException {
        requireSound();
        if (ended) {
            return Optional.empty();
        }
        try {
            input.skip(left);
            input.skip(padding);
            clear();
            return advance();
        } catch (VarveException e) {
            failure = e;
            throw e;
        } catch (IllegalArgumentException e) {
            BadDataException bad = input.bad(headerAt, String.valueOf(e.getMessage()));
            bad.initCause(e);
            failure = bad;
            throw bad;
        }
    }

    private void clear() {
        own = null;
        longName = null;
        longLink = null;
        map = null;
        metadata = 0;
        segment = 0;
        segmentLeft = 0;
        position = 0;
        dataOffset = 0;
        left = 0;
        padding = 0;
    }

    private Optional<ArchiveEntry> advance() throws VarveException {
        while (true) {
            headerAt = input.offset();
            int at = input.block();
            if (at < 0 || UstarHeader.isEmpty(input.buffer(), at)) {
                end(at < 0);
                return Optional.empty();
            }
            byte[] b = input.buffer();
            if (!UstarHeader.hasValidChecksum(b, at)) {
                throw headerAt == 0 ? input.notATar("it does not begin with a tar header")
                        : input.bad(headerAt, "wrong checksum of a header");
            }
            byte type = UstarHeader.type(b, at);
            switch (type) {
                case 'x' -> own = records(own == null, at, PaxRecords.copyOfGlobal(global));
                case 'g' -> {
                    count();
                    global = records(true, at, PaxRecords.copyOfGlobal(global));
                    global.requireGlobal();
                }
                case 'L' -> longName = longText(longName == null, at);
                case 'K' -> longLink = longText(longLink == null, at);
                case 'V' -> {
                    count();
                    long size = UstarHeader.size(b, at);
                    input.skip(size);
                    input.skip(-size & UstarHeader.BLOCK - 1);
                    clear();
                }
                default -> {
                    count();
                    return Optional.of(entry(b, at, type));
                }
            }
        }
    }

    private void count() throws VarveException {
        if (++entries > limits.entries()) {
            throw input.bad(headerAt, "more than " + limits.entries() + " entries");
        }
    }

    /** @param streamEnded whether it did, or an empty block was read instead */
    private void end(boolean streamEnded) throws VarveException {
        if (own != null || longName != null || longLink != null) {
            throw input.bad(headerAt, "the archive ends between a header and its extension");
        }
        if (streamEnded && headerAt == 0) {
            throw input.notATar("it is empty");
        }
        if (!streamEnded) {
            int second = input.block();
            if (second >= 0 && !UstarHeader.isEmpty(input.buffer(), second)) {
                throw input.bad(headerAt, "one empty block among headers, where an archive ends with two");
            }
        }
        input.drain();
        ended = true;
    }

    private PaxRecords records(boolean first, int at, PaxRecords records) throws VarveException {
        records.add(extension(first, at), limits.sparseSegments());
        return records;
    }

    private byte[] longText(boolean first, int at) throws VarveException {
        byte[] bytes = extension(first, at);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOf(bytes, end);
    }

    /** The content that follows the header at {@code at}. */
    private byte[] extension(boolean first, int at) throws VarveException {
        if (!first) {
            throw input.bad(headerAt, "two extensions of one kind for one entry");
        }
        long size = UstarHeader.size(input.buffer(), at);
        if (size > limits.metadataBytes() - metadata) {
            throw input.bad(headerAt, "more than " + limits.metadataBytes() + " bytes of extensions for one entry");
        }
        metadata += size;
        byte[] bytes = input.bytes((int) size);
        input.skip(-size & UstarHeader.BLOCK - 1);
        return bytes;
    }

    private ArchiveEntry entry(byte[] b, int at, byte type) throws VarveException {
        PaxRecords pax = own == null ? global : own;
        EntryFields fields = new EntryFields(pax, longName, longLink, limits.pathBytes(), b, at);
        byte[] name = fields.name();
        EntryPath path = path(name);
        Attributes attributes = fields.attributes();
        if (pax.sparse && type != 0 && type != '0' && type != '7') {
            throw new IllegalArgumentException("a sparse map for what is no regular file");
        }
        if (type == '1') {
            return hardLink(path, path(fields.link()), attributes, fields.storedSize());
        }
        Node node = switch (type) {
            case 0, '0', '7' -> name[name.length - 1] == '/' ? directoryOfV7(fields) : regularFile(fields);
            case 'S' -> oldSparseFile(fields.storedSize(), at);
            case '2' -> fields.symlink();
            case '3' -> fields.device(FileType.CHARACTER_DEVICE);
            case '4' -> fields.device(FileType.BLOCK_DEVICE);
            case '5' -> new Node.Directory();
            case '6' -> new Node.Fifo();
            case 'D', 'M', 'N' -> throw new IllegalArgumentException("an entry of GNU's type " + (char) type
                    + ", which belongs to incremental and multi-volume archives");
            default -> throw new IllegalArgumentException("an entry of unknown type "
                    + (type > ' ' && type < 127 ? "'" + (char) type + "'" : "0x" + Integer.toHexString(type & 0xff)));
        };
        if (path.isRoot() && !(node instanceof Node.Directory)) {
            throw new UnsafePathException(
                    "archive entry for the root of the layer that is no directory, but " + node.type());
        }
        return new ArchiveEntry.File(path, node, attributes);
    }

    private EntryPath path(byte[] name) throws UnsafePathException {
        EntryPath path = EntryPath.ofArchive(name);
        if (path.depth() > limits.pathDepth()) {
            throw new IllegalArgumentException("a name of more than " + limits.pathDepth() + " parts");
        }
        return path;
    }

    private ArchiveEntry hardLink(EntryPath path, EntryPath target, Attributes attributes, long size)
            throws VarveException {
        if (path.isRoot() || target.isRoot()) {
            throw new UnsafePathException("hard link at, or to, the root of the layer: " + path + " to " + target);
        }
        if (size > 0) {
            int following = input.peekBlock();
            byte[] b = input.buffer();
            if (following >= 0 && !UstarHeader.isEmpty(b, following) && !UstarHeader.hasValidChecksum(b, following)) {
                input.skip(size);
                padding = -size & UstarHeader.BLOCK - 1;
            }
        }
        return new ArchiveEntry.HardLink(path, target, attributes);
    }

    private static Node directoryOfV7(EntryFields fields) {
        if (fields.storedSize() > 0 || fields.pax().sparse) {
            throw new IllegalArgumentException("a file with content whose name is that of a directory");
        }
        return new Node.Directory();
    }

    private Node regularFile(EntryFields fields) throws VarveException {
        PaxRecords pax = fields.pax();
        long stored = fields.storedSize();
        if (!pax.sparse) {
            contentFollows(stored);
            segmentLeft = stored;
            return new Node.RegularFile(limited(stored));
        }
        return sparseFile(pax.sparseMapIsContent()
                ? SparseMap.ofContent(input, pax, stored, limits.sparseSegments(), limits.metadataBytes() - metadata)
                : SparseMap.ofRecords(pax, limits.sparseSegments()), stored);
    }

    /** @param stored read from the header before the map, as its blocks move the buffer */
    private Node oldSparseFile(long stored, int at) throws VarveException {
        return sparseFile(SparseMap.oldGnu(input, at, limits.sparseSegments()), stored);
    }

    private Node sparseFile(SparseMap sparse, long stored) {
        sparse.requireStored(stored);
        map = sparse;
        contentFollows(sparse.dataSize());
        return new Node.RegularFile(limited(sparse.fileSize()));
    }

    private long limited(long size) {
        if (size > limits.fileBytes()) {
            throw new IllegalArgumentException("a file larger than " + limits.fileBytes() + " bytes");
        }
        return size;
    }

    private void contentFollows(long size) {
        left = size;
        padding = -size & UstarHeader.BLOCK - 1;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws VarveException {
        Objects.checkFromIndexSize(from, length, buffer.length);
        requireSound();
        if (left == 0 || length == 0) {
            return 0;
        }
        if (segmentLeft == 0 && map != null) {
            position = map.offset(segment);
            segmentLeft = map.length(segment++);
        }
        try {
            int n = input.content(position, buffer, from, (int) Math.min(length, segmentLeft));
            dataOffset = position;
            position += n;
            segmentLeft -= n;
            left -= n;
            return n;
        } catch (VarveException e) {
            failure = e;
            throw e;
        }
    }

    private void requireSound() throws VarveException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public long dataOffset() {
        return dataOffset;
    }

    @Override
    public void close() throws VarveException {
        input.close();
    }
}
