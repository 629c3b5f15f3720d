package dev.varve.app.framing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

import org.jspecify.annotations.Nullable;

import dev.varve.app.tree.ContentKeeper;
import dev.varve.app.tree.TreeRemover;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.archive.ArchiveTap;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * Records the framing of an archive while it is applied: all its bytes but those that the layer's own files hold. What
 * a later entry replaces is moved beside the layer's tree instead of being removed, so that it is neither lost nor
 * copied. Takes a fixed amount of memory. For one thread.
 *
 * <p>
 * Most of a header is zeros: taking them out first halves the time of the compression (deflate at its fastest; libzstd
 * would compress faster, but takes longer to load than a small layer takes to apply).
 */
public final class FramingRecorder implements ArchiveTap, ContentKeeper, AutoCloseable {
    private static final int CAPACITY = 1 << 16;
    private static final int MAX_NUMBER = 10;
    /** Shorter runs of zeros are left to the compression. */
    private static final int RUN = 16;
    private static final byte[] NO_BYTES = new byte[CAPACITY];
    private final Directory place;
    private final OpenFile file;
    private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    private final OutputStream out;
    private final byte[] steps = new byte[CAPACITY];
    private int end;
    private byte[] lastPath = new byte[0];
    /** Where the current content is stored; absent if it is not. */
    private @Nullable EntryPath target;
    private boolean opened;
    private long copiedTo;
    private long toCopy;
    private @Nullable Directory replaced;
    private long moved;

    private FramingRecorder(Directory place, OpenFile file) {
        this.place = place;
        this.file = file;
        this.out = new DeflaterOutputStream(new FileOutput(file, FramingFormat.MAGIC.length), deflater, CAPACITY);
    }

    /** Begins the framing of a layer that is being made. @param place of the layer, which this closes */
    public static FramingRecorder begin(Directory place) throws VarveException {
        try {
            OpenFile file = place.create(FramingFormat.FILE, 0600);
            try {
                file.write(0, FramingFormat.MAGIC, 0, FramingFormat.MAGIC.length);
                return new FramingRecorder(place, file);
            } catch (VarveException e) {
                file.close();
                throw e;
            }
        } catch (VarveException e) {
            place.close();
            throw e;
        }
    }

    @Override
    public void framing(byte[] buffer, int from, int length) throws VarveException {
        int to = from + length;
        int literal = from;
        int at = from;
        while (at + RUN <= to) {
            if (buffer[at] != 0 || !Arrays.equals(buffer, at, at + RUN, NO_BYTES, 0, RUN)) {
                at += RUN;
                continue;
            }
            int most = Math.min(to - at, CAPACITY);
            int mismatch = Arrays.mismatch(buffer, at, at + most, NO_BYTES, 0, most);
            int zeros = mismatch < 0 ? most : mismatch;
            literal(buffer, literal, at - literal);
            step(FramingFormat.ZEROS, zeros);
            at += zeros;
            literal = at;
        }
        literal(buffer, literal, to - literal);
    }

    @Override
    public void content(long offset, byte[] buffer, int from, int length) throws VarveException {
        EntryPath path = target;
        if (path == null) {
            literal(buffer, from, length);
            return;
        }
        if (!opened) {
            path(FramingFormat.OPEN, path);
            opened = true;
            copiedTo = 0;
        }
        if (offset != copiedTo) {
            endCopy();
            step(FramingFormat.SKIP, offset - copiedTo);
        }
        toCopy += length;
        copiedTo = offset + length;
    }

    @Override
    public void storing(EntryPath path) {
        target = path;
        opened = false;
    }

    @Override
    public void stored() {
        target = null;
    }

    @Override
    public void takeAway(Directory parent, EntryName name, EntryPath path) throws VarveException {
        Optional<FileStat> stat = parent.find(name);
        if (stat.isEmpty() || !mayHoldContent(stat.get())) {
            TreeRemover.remove(parent, name);
            return;
        }
        Directory aside = replaced;
        if (aside == null) {
            place.makeDirectory(FramingFormat.REPLACED, 0700);
            aside = place.open(FramingFormat.REPLACED);
            replaced = aside;
        }
        if (stat.get().isDirectory() && (stat.get().mode() & 0700) != 0700) {
            try (Directory directory = parent.open(name)) {
                directory.setMode(0700); // its owner has to be allowed to write to a directory that he moves
            }
        }
        path(FramingFormat.MOVED, path);
        parent.rename(name, aside, EntryName.of(Long.toString(moved++)), false);
    }

    private static boolean mayHoldContent(FileStat stat) {
        return stat.isDirectory() || stat.type() == FileType.REGULAR && stat.size() > 0;
    }

    /** Ends the framing of an archive that was read to its end. */
    public void finish(long entries) throws VarveException {
        step(FramingFormat.END, entries);
        flush();
        try {
            out.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void literal(byte[] buffer, int from, int length) throws VarveException {
        if (length == 0) {
            return;
        }
        step(FramingFormat.LITERAL, length);
        bytes(buffer, from, length);
    }

    private void path(int kind, EntryPath path) throws VarveException {
        byte[] bytes = path.toBytes();
        int mismatch = Arrays.mismatch(bytes, lastPath);
        int shared = mismatch < 0 ? bytes.length : mismatch;
        step(kind, bytes.length - shared);
        number(shared);
        bytes(bytes, shared, bytes.length - shared);
        lastPath = bytes;
    }

    private void step(int kind, long n) throws VarveException {
        endCopy();
        number(n << FramingFormat.KIND_BITS | kind);
    }

    private void endCopy() throws VarveException {
        if (toCopy > 0) {
            long n = toCopy;
            toCopy = 0;
            number(n << FramingFormat.KIND_BITS | FramingFormat.COPY);
        }
    }

    private void number(long number) throws VarveException {
        if (steps.length - end < MAX_NUMBER) {
            flush();
        }
        long left = number;
        while (left >= 0x80) {
            steps[end++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        steps[end++] = (byte) left;
    }

    private void bytes(byte[] buffer, int from, int length) throws VarveException {
        for (int done = 0; done < length;) {
            if (end == steps.length) {
                flush();
            }
            int n = Math.min(length - done, steps.length - end);
            System.arraycopy(buffer, from + done, steps, end, n);
            end += n;
            done += n;
        }
    }

    private void flush() throws VarveException {
        try {
            out.write(steps, 0, end);
            end = 0;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static VarveException failure(IOException e) {
        if (e instanceof VarveException known) {
            return known;
        }
        throw new IllegalStateException("writing to memory failed", e);
    }

    /** Closes the files; without {@link #finish} the framing is not complete, and to be removed with its layer. */
    @Override
    public void close() {
        deflater.end();
        file.close();
        if (replaced != null) {
            replaced.close();
        }
        place.close();
    }

    /** The bytes of a file, from an offset on. */
    private static final class FileOutput extends OutputStream {
        private final OpenFile file;
        private long at;

        FileOutput(OpenFile file, long at) {
            this.file = file;
            this.at = at;
        }

        @Override
        public void write(int b) throws VarveException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int from, int length) throws VarveException {
            file.write(at, buffer, from, length);
            at += length;
        }
    }
}
