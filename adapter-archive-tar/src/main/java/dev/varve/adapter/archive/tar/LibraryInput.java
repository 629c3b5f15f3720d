package dev.varve.adapter.archive.tar;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.apache.commons.compress.MemoryLimitException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

import dev.varve.domain.error.BadDataException;

/**
 * Decompresses by commons-compress what images have no layers of, but root file systems are often given away as. The
 * library throws a plain IOException for damage; what the source itself threw is told from that. For one thread.
 */
final class LibraryInput extends FilterInputStream {
    private static final int CAPACITY = 1 << 16;
    /** Enough for the dictionary of {@code xz -9}, 64 MiB, and little enough for a heap of 128. */
    private static final int XZ_KIB = 80 << 10;
    private final Source source;

    private LibraryInput(Source source, InputStream decoder) {
        super(decoder);
        this.source = source;
    }

    /** Several streams one after another too (bzip2(1)). */
    static LibraryInput bzip2(InputStream raw) throws IOException {
        Source source = new Source(raw);
        return new LibraryInput(source,
                tried(source, () -> new BZip2CompressorInputStream(new BufferedInputStream(source, CAPACITY), true)));
    }

    /** Several streams one after another, and padding too (xz(1)). */
    static LibraryInput xz(InputStream raw) throws IOException {
        Source source = new Source(raw);
        return new LibraryInput(source,
                tried(source,
                        () -> XZCompressorInputStream.builder()
                                .setInputStream(new BufferedInputStream(source, CAPACITY))
                                .setDecompressConcatenated(true)
                                .setMemoryLimitKiB(XZ_KIB)
                                .get()));
    }

    @Override
    public int read() throws IOException {
        return tried(source, in::read);
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        return tried(source, () -> in.read(into, from, length));
    }

    @Override
    public long skip(long count) throws IOException {
        return tried(source, () -> in.skip(count));
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private static <T> T tried(Source source, Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (MemoryLimitException e) {
            throw new BadDataException("the xz stream was made with a dictionary that is too large: " + e.getMessage(),
                    "recompress it with xz -9 or less, gzip or zstd", e);
        } catch (IOException e) {
            throw source.hasFailed ? e : Compressors.damaged(e);
        } catch (RuntimeException e) { // the library trusts some of what it reads
            if (source.hasFailed) {
                throw e;
            }
            throw Compressors.damaged(e.toString(), e);
        }
    }

    /** Knows whether it failed. */
    private static final class Source extends FilterInputStream {
        private boolean hasFailed;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            try {
                return in.read(into, from, length);
            } catch (IOException | RuntimeException e) {
                hasFailed = true;
                throw e;
            }
        }
    }
}
