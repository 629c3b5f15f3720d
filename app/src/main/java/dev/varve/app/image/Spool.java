package dev.varve.app.image;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * A file without a name that takes what an archive holds, for reading it in any order. It is made when it is first
 * needed, and gone when it is closed or the process ends. For one thread.
 */
final class Spool implements AutoCloseable {
    private final StagingArea staging;
    private @Nullable OpenFile file;
    private long size;

    Spool(StagingArea staging) {
        this.staging = staging;
    }

    /** Sets aside a range of this length, zeros until it is written. @return where it begins */
    long reserve(long length) throws VarveException {
        long offset = size;
        if (length > Long.MAX_VALUE - offset) {
            throw new BadDataException("the archive says it holds more than 8 EiB", "");
        }
        size += length;
        return offset;
    }

    void write(long offset, byte[] bytes, int length) throws VarveException {
        opened().write(offset, bytes, 0, length);
    }

    /** Takes bytes one after the other, from where the last range that was set aside ends. Closing it changes nothing. */
    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws VarveException {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws VarveException {
                if (length > 0) {
                    opened().write(reserve(length), bytes, from, length);
                }
            }
        };
    }

    private OpenFile opened() throws VarveException {
        OpenFile open = file;
        if (open == null) {
            open = create();
            file = open;
        }
        return open;
    }

    private OpenFile create() throws VarveException {
        EntryName name = EntryName.of("spool-" + ProcessHandle.current().pid() + "-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()));
        try (Directory directory = staging.open()) {
            OpenFile created = directory.create(name, 0600);
            try {
                directory.remove(name);
                return created;
            } catch (VarveException e) {
                created.close();
                throw e;
            }
        }
    }

    /** The bytes of a range, to be read while the spool is open. */
    InputStream open(long offset, long length) {
        return new Range(offset, offset + length);
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    private final class Range extends InputStream {
        private final byte[] single = new byte[1];
        private long at;
        private final long end;

        Range(long start, long end) {
            this.at = start;
            this.end = end;
        }

        @Override
        public int read() throws VarveException {
            return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws VarveException {
            if (length == 0 || at == end) {
                return length == 0 ? 0 : -1;
            }
            int wanted = (int) Math.min(length, end - at);
            int got = file == null ? 0 : file.read(at, buffer, from, wanted);
            if (got == 0) {
                // Beyond the last byte that was written lies the hole that a sparse entry ends with.
                java.util.Arrays.fill(buffer, from, from + wanted, (byte) 0);
                got = wanted;
            }
            at += got;
            return got;
        }
    }
}
