package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A command of the host, to be run as a process. Immutable. */
record Command(List<String> words, Map<String, String> environment, byte[] input) {
    private static final long MINUTES = 5;
    private static final String NOBODY = "65534";

    /** Debian's, and what the host adds to it. */
    private static final List<String> PLACES = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
            "/sbin", "/bin");

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), new byte[0]);
    }

    /** The product as it was built, started as a user starts it. */
    static Command varve(String... words) {
        return of(launcher().toString()).with(words);
    }

    static Path launcher() {
        return Path.of(System.getProperty("varve.launcher", "../varve")).toAbsolutePath().normalize();
    }

    static boolean exists(String program) {
        return PLACES.stream().anyMatch(p -> Files.isExecutable(Path.of(p, program)));
    }

    Command with(String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return new Command(all, environment, input);
    }

    Command withEnvironment(String name, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(name, value);
        return new Command(words, more, input);
    }

    Command withInput(byte[] bytes) {
        return new Command(words, environment, bytes);
    }

    /** The same as a user who may do nothing. */
    Command asNobody() {
        List<String> all = new ArrayList<>(
                List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--inh-caps=-all"));
        all.addAll(words);
        return new Command(all, environment, input);
    }

    /** Starts it; its input and output are the caller's. */
    Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        environment.forEach(builder.environment()::put);
        return builder.start();
    }

    Result run() throws IOException {
        Process process = start();
        FutureTask<byte[]> out = inBackground(process.getInputStream());
        FutureTask<byte[]> err = inBackground(process.getErrorStream());
        try (OutputStream in = process.getOutputStream()) {
            new ByteArrayInputStream(input).transferTo(in);
        } catch (IOException e) {
            // It did not want all of its input.
        }
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException("takes more than " + MINUTES + " minutes: " + words);
            }
            return new Result(this, process.exitValue(), out.get(), new String(err.get(), StandardCharsets.UTF_8));
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(words.toString(), e);
        }
    }

    /** Runs it, and fails unless it ends with 0. */
    Result succeeds() throws IOException {
        return run().endsWith(0);
    }

    private static FutureTask<byte[]> inBackground(InputStream in) {
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (in) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Thread.ofVirtual().start(reading);
        return reading;
    }

    /** How a command ended. */
    record Result(Command command, int code, byte[] bytes, String errors) {
        String output() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The output without the end of its last line. */
        String line() {
            return output().stripTrailing();
        }

        Result endsWith(int expected) {
            assertThat(code).as("%s: %s %s", command.words, errors, bytes.length > 2000 ? "" : output())
                    .isEqualTo(expected);
            return this;
        }
    }
}
