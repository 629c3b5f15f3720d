package dev.varve.adapter.archive.tar;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

import org.jspecify.annotations.Nullable;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.Archives.Decompressed;
import dev.varve.ports.archive.Compression;

/** Finds, undoes and makes the compressions of layers. */
final class Compressors {
    private static final int ZSTD_LEVEL = 3;
    private static final int CAPACITY = 1 << 16;

    private Compressors() {}

    static Decompressed decompress(InputStream raw) throws VarveException {
        try {
            byte[] start = new byte[UstarHeader.BLOCK];
            int length = raw.readNBytes(start, 0, start.length);
            PushbackInputStream all = new PushbackInputStream(raw, start.length);
            all.unread(start, 0, length);
            // A tar first: the name of its first file may begin like any of the others.
            if (length == 0 || length == start.length
                    && (UstarHeader.isEmpty(start, 0) || UstarHeader.hasValidChecksum(start, 0))) {
                return new Decompressed(all, false);
            }
            if (begins(start, 0x1f, 0x8b)) {
                return new Decompressed(new GzipInput(all), true);
            }
            if (begins(start, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableFrame(start)) {
                return new Decompressed(new ZstdInput(new ZstdInputStreamNoFinalizer(all)), true);
            }
            if (begins(start, 'B', 'Z', 'h')) {
                return new Decompressed(LibraryInput.bzip2(all), true);
            }
            if (begins(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
                return new Decompressed(LibraryInput.xz(all), true);
            }
            throw unknown(start);
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw isDamage(e) ? damaged(e)
                    : new BadDataException("cannot read the layer: " + e.getMessage(), "see whether it is still there",
                            e);
        }
    }

    /** A frame that zstd readers pass over (RFC 8878, 3.1.2); some tools put one first. */
    private static boolean isSkippableFrame(byte[] start) {
        return (start[0] & 0xf0) == 0x50 && start[1] == 0x2a && start[2] == 0x4d && start[3] == 0x18;
    }

    private static BadDataException unknown(byte[] start) {
        String name = begins(start, 0x04, 0x22, 0x4d, 0x18) ? "lz4" : begins(start, 'P', 'K', 3, 4) ? "zip" : "";
        return name.isEmpty()
                ? new BadDataException("not a layer archive: neither a tar nor compressed by gzip, zstd, xz or bzip2",
                        "give a tar, or one compressed by gzip, zstd, xz or bzip2")
                : new BadDataException(name + " is not a compression of layers", "recompress it with gzip or zstd");
    }

    private static boolean begins(byte[] start, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if ((start[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Compresses, as one member or frame without a name or a time; with one version of zlib and libzstd the same bytes
     * for the same input.
     */
    static OutputStream compress(OutputStream out, Compression compression) throws VarveException {
        try {
            return switch (compression) {
                case NONE -> out;
                case GZIP -> new GZIPOutputStream(out, CAPACITY);
                case ZSTD -> new ZstdOutputStreamNoFinalizer(out, ZSTD_LEVEL).setChecksum(true);
            };
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw new BadDataException("cannot write the layer: " + e.getMessage(), "see whether its target has room",
                    e);
        }
    }

    /** Whether a decompressor said that its input is damaged, as opposed to a failure of its source. */
    static boolean isDamage(IOException e) {
        return e instanceof EOFException || e instanceof ZipException || e instanceof ZstdIOException;
    }

    static BadDataException damaged(IOException e) {
        return damaged(String.valueOf(e.getMessage()), e);
    }

    static BadDataException damaged(String why, @Nullable Throwable cause) {
        BadDataException bad = new BadDataException("the compressed stream is truncated or damaged: " + why,
                "fetch the layer again");
        if (cause != null) {
            bad.initCause(cause);
        }
        return bad;
    }

    /** Gives zstd's own failures a type. */
    private static final class ZstdInput extends FilterInputStream {
        ZstdInput(ZstdInputStreamNoFinalizer in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (ZstdIOException e) {
                throw damaged(e);
            }
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return in.read(into, from, length);
            } catch (ZstdIOException e) {
                throw damaged(e);
            }
        }

        @Override
        public long skip(long count) throws IOException {
            try {
                return in.skip(count);
            } catch (ZstdIOException e) {
                throw damaged(e);
            }
        }
    }
}
