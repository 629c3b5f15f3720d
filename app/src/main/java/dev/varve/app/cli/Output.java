package dev.varve.app.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Where the command writes: data to standard output, words to standard error, both as UTF-8 whatever the locale is. Not
 * {@code System.out}: that hides failures, and a full disk must not look like success.
 */
final class Output {
    /** How a line looks on a terminal that has colour. */
    enum Look {
        PLAIN(""), BOLD("\033[1m"), DIM("\033[2m"), GOOD("\033[32m"), BAD("\033[31m");

        private final String begin;

        Look(String begin) {
            this.begin = begin;
        }
    }

    private final Watched data;
    private final BufferedOutputStream buffered;
    private final OutputStream words;
    private final Terminal terminal;
    private final boolean json;

    Output(OutputStream data, OutputStream words, Terminal terminal, boolean json) {
        this.data = new Watched(data);
        this.buffered = new BufferedOutputStream(this.data, 1 << 16);
        this.words = words;
        this.terminal = terminal;
        this.json = json;
    }

    /** The standard streams of this process. */
    static Output ofProcess(boolean json) {
        return new Output(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err),
                Terminal.ofProcess(), json);
    }

    /** Whether one JSON document is wanted and no words. */
    boolean json() {
        return json;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Writes a line of data; what could steer a terminal is escaped. */
    void line(String text) throws IOException {
        line(text, Look.PLAIN);
    }

    void line(String text, Look look) throws IOException {
        raw(painted(Plain.line(text), look, terminal.output()) + "\n");
    }

    /** Writes text that holds nothing from outside, or must reach a script as it is: a path, a help page. */
    void raw(String text) throws IOException {
        buffered.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes one JSON document. It is complete before the first byte of it is written. */
    void document(Consumer<Json> content) throws IOException {
        buffered.write(Json.document(content));
        buffered.write('\n');
    }

    /** For bytes. Must be flushed, not closed. */
    OutputStream stream() {
        return buffered;
    }

    void flush() throws IOException {
        buffered.flush();
    }

    /** Why standard output could not be written to, if that has happened: whatever else failed, failed because of it. */
    Optional<IOException> failure() {
        return Optional.ofNullable(data.failure);
    }

    /** Whether the reader of standard output went away: nobody is left to whom that would be an error. */
    boolean nobodyReads() {
        return failure().map(IOException::getMessage).equals(Optional.of("Broken pipe"));
    }

    /** Writes a line of words, unless a JSON document was asked for: it holds the same. */
    void word(String text) {
        if (!json) {
            wordAlways(text, Look.PLAIN);
        }
    }

    /** Writes a line of words in any case. If that fails there is nobody to tell. */
    void wordAlways(String text, Look look) {
        wordRaw(painted(Plain.line(text), look, terminal.error()) + "\n");
    }

    /** Writes to standard error as it is. */
    void wordRaw(String text) {
        try {
            words.write(text.getBytes(StandardCharsets.UTF_8));
            words.flush();
        } catch (IOException e) {
            // The place for complaints is gone.
        }
    }

    /** A line that shows how far work has come; only where it can be drawn over again. */
    ProgressLine progress() {
        return new ProgressLine(this, terminal.error() && terminal.moves() && !json);
    }

    private String painted(String text, Look look, boolean onTerminal) {
        return onTerminal && terminal.coloured() && look != Look.PLAIN ? look.begin + text + "\033[0m" : text;
    }

    /** Remembers the failure, because an API that is given the stream takes it for one of its own. */
    private static final class Watched extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
