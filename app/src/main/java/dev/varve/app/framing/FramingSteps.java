package dev.varve.app.framing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/** Reads the steps of a framing, one after the other. Whatever is malformed in it is bad data. For one thread. */
final class FramingSteps implements AutoCloseable {
    private static final int CAPACITY = 1 << 16;
    private final OpenFile file;
    private final InputStream in;
    private int kind;
    private long n;
    private byte[] lastPath = new byte[0];

    /** @param place of the layer, which has a framing; it stays open */
    FramingSteps(Directory place) throws VarveException {
        file = place.read(FramingFormat.FILE);
        try {
            byte[] magic = new byte[FramingFormat.MAGIC.length];
            for (int have = 0; have < magic.length;) {
                int got = file.read(have, magic, have, magic.length - have);
                if (got == 0) {
                    throw damaged("it ends early", null);
                }
                have += got;
            }
            if (!Arrays.equals(magic, FramingFormat.MAGIC)) {
                throw damaged("it is of another version", null);
            }
            in = new BufferedInputStream(new InflaterInputStream(new FileInput(file, magic.length)), CAPACITY);
        } catch (VarveException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on to the next step. The bytes of the one before must have been read. */
    void next() throws VarveException {
        long number = number();
        kind = (int) number & (1 << FramingFormat.KIND_BITS) - 1;
        n = number >>> FramingFormat.KIND_BITS;
    }

    /** The kind of the step, as {@link FramingFormat} has them. */
    int kind() {
        return kind;
    }

    /** The number of the step. */
    long n() {
        return n;
    }

    /** The path of the step. */
    EntryPath path() throws VarveException {
        long shared = number();
        if (shared > lastPath.length || n > FramingFormat.MAX_PATH) {
            throw damaged("it holds no path where one should be", null);
        }
        byte[] path = Arrays.copyOf(lastPath, (int) (shared + n));
        read(path, (int) shared, (int) n);
        lastPath = path;
        try {
            return EntryPath.ofArchive(path);
        } catch (UnsafePathException e) {
            throw damaged(e.getMessage(), e);
        }
    }

    /** Bytes of the step, all of them. */
    void read(byte[] buffer, int from, int length) throws VarveException {
        try {
            if (in.readNBytes(buffer, from, length) < length) {
                throw damaged("it ends early", null);
            }
        } catch (IOException e) {
            throw typed(e);
        }
    }

    /** Passes over the bytes of the step. */
    void skip() throws VarveException {
        try {
            in.skipNBytes(n);
        } catch (IOException e) {
            throw typed(e);
        }
    }

    private long number() throws VarveException {
        long number = 0;
        try {
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                int b = in.read();
                if (b < 0) {
                    throw damaged("it ends early", null);
                }
                number |= (long) (b & 0x7f) << shift;
                if (b < 0x80) {
                    return number;
                }
            }
        } catch (IOException e) {
            throw typed(e);
        }
        throw damaged("it holds no number where one should be", null);
    }

    private static VarveException typed(IOException e) {
        return switch (e) {
            case VarveException known -> known;
            case EOFException early -> damaged("it ends early", early);
            case ZipException zip -> damaged(String.valueOf(zip.getMessage()), zip);
            default -> damaged(e.toString(), e);
        };
    }

    static BadDataException damaged(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        BadDataException bad = new BadDataException("the framing of a layer's archive is damaged: " + why,
                "apply the layer again");
        if (cause != null) {
            bad.initCause(cause);
        }
        return bad;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing what is in memory failed", e);
        } finally {
            file.close();
        }
    }

    /** The bytes of a file, from an offset on. */
    private static final class FileInput extends InputStream {
        private final OpenFile file;
        private long at;

        FileInput(OpenFile file, long at) {
            this.file = file;
            this.at = at;
        }

        @Override
        public int read() throws VarveException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws VarveException {
            if (length == 0) {
                return 0;
            }
            int got = file.read(at, buffer, from, length);
            at += got;
            return got == 0 ? -1 : got;
        }
    }
}
