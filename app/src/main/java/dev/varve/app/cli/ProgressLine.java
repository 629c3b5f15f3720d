package dev.varve.app.cli;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import dev.varve.ports.in.Images;

/** One line on standard error that is drawn over again ten times a second at most, and is gone when it is closed. */
final class ProgressLine implements Images.Progress, AutoCloseable {
    private static final long INTERVAL_NANOS = 100_000_000;
    private static final int COLUMNS = 78;
    private final Output output;
    private final boolean visible;
    private long next = System.nanoTime() + INTERVAL_NANOS;
    private boolean drawn;

    ProgressLine(Output output, boolean visible) {
        this.output = output;
        this.visible = visible;
    }

    @Override
    public void report(String what, long done, long total) {
        if (visible && System.nanoTime() - next >= 0) {
            // The number first: names may be longer than the line.
            draw((total > 0 ? Math.min(100, done * 100 / total) + "% of " + Plain.bytes(total) : Plain.bytes(done))
                    + "  " + what);
        }
    }

    /** The bytes as they are; how many have passed is shown. */
    InputStream reading(InputStream in, String what, long total) {
        return visible ? new CountedInput(in, what, total) : in;
    }

    /** As {@link #reading}, the other way. */
    OutputStream writing(OutputStream out, String what) {
        return visible ? new CountedOutput(out, what) : out;
    }

    /** Shows this until there is something to report. */
    void show(String what) {
        if (visible) {
            draw(what);
        }
    }

    private synchronized void draw(String text) {
        next = System.nanoTime() + INTERVAL_NANOS;
        drawn = true;
        String line = Plain.line(text);
        output.wordRaw("\r\033[K" + (line.length() > COLUMNS ? line.substring(0, COLUMNS) : line));
    }

    @Override
    public void close() {
        clear();
    }

    /** Clears the line, so that words may follow. */
    synchronized void clear() {
        if (drawn) {
            drawn = false;
            output.wordRaw("\r\033[K");
        }
    }

    private final class CountedInput extends FilterInputStream {
        private final String what;
        private final long total;
        private long done;

        CountedInput(InputStream in, String what, long total) {
            super(in);
            this.what = what;
            this.total = total;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int n = in.read(buffer, from, length);
            done += Math.max(n, 0);
            report(what, done, total);
            return n;
        }
    }

    private final class CountedOutput extends FilterOutputStream {
        private final String what;
        private long done;

        CountedOutput(OutputStream out, String what) {
            super(out);
            this.what = what;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            done += length;
            report(what, done, 0);
        }
    }
}
