package dev.varve.app.image;

import java.io.IOException;
import java.io.InputStream;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.in.Images.Progress;

/**
 * Counts the bytes that are read, reports them every 64 KiB and at the end, and gives a failure of the host a type.
 * Closing it leaves the stream below open.
 */
final class ProgressStream extends InputStream {
    private static final long STEP = 1 << 16;
    private final InputStream in;
    private final Progress progress;
    private final String what;
    private final long total;
    private long done;
    private long reported;

    /** @param total in bytes, or 0 where it is not known */
    ProgressStream(InputStream in, Progress progress, String what, long total) {
        this.in = in;
        this.progress = progress;
        this.what = what;
        this.total = total;
    }

    @Override
    public int read() throws VarveException {
        try {
            int b = in.read();
            count(b < 0 ? -1 : 1);
            return b;
        } catch (IOException e) {
            throw typed(e);
        }
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws VarveException {
        try {
            int n = in.read(buffer, from, length);
            count(n);
            return n;
        } catch (IOException e) {
            throw typed(e);
        }
    }

    private void count(int n) {
        done += Math.max(n, 0);
        if (done - reported >= STEP || n < 0 && done > reported) {
            reported = done;
            progress.report(what, done, total);
        }
    }

    private VarveException typed(IOException e) {
        return e instanceof VarveException known ? known
                : new BadDataException("cannot read " + what + ": " + e, "", e);
    }
}
