package dev.varve.app.framing;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * Gives the archive that a layer was applied from back, byte for byte, from its framing and its files. Reads them where
 * they are, and nothing else; any number of replays may go on at once.
 */
public final class FramingReplay {
    private static final int BUFFER = 1 << 17;
    private static final byte[] NO_BYTES = new byte[BUFFER];
    private final LayerId layer;
    private final DiffId expected;

    /** @param expected the digest of the archive that the layer was applied from */
    public FramingReplay(LayerId layer, DiffId expected) {
        this.layer = layer;
        this.expected = expected;
    }

    /** What was written: an archive with this digest and so many entries. */
    public record Replayed(DiffId diffId, long entries) {}

    /** Whether the layer at this place has a framing. */
    public static boolean isAt(Directory place) throws VarveException {
        return place.find(FramingFormat.FILE).isPresent();
    }

    /**
     * Writes the archive; what was written when this fails is not the archive.
     *
     * @param place of the layer, which has a framing
     * @param tree  the layer's own tree
     * @throws BadDataException if the framing is damaged, or the layer's files are not what they were
     * @throws IOException      if the stream fails
     */
    public Replayed writeTo(OutputStream out, Directory place, Directory tree) throws IOException {
        MessageDigest digest = Digest.computation(expected.digest().algorithm());
        long entries;
        try (Contents contents = new Contents(layer, place, tree); FramingSteps steps = new FramingSteps(place)) {
            entries = new Writing(out, digest, contents, steps).run();
        }
        Digest written = Digest.ofFinished(digest);
        if (!written.equals(expected.digest())) {
            throw changed(layer, "its archive had the digest " + expected + ", what is there now gives " + written);
        }
        return new Replayed(expected, entries);
    }

    static BadDataException changed(LayerId layer, String how) {
        return new BadDataException(
                "layer " + layer + " does not give its archive back, its files were changed: " + how,
                "remove the layer and apply it again");
    }

    /** One pass over the steps. */
    private static final class Writing {
        private final OutputStream out;
        private final MessageDigest digest;
        private final Contents contents;
        private final FramingSteps steps;
        private final byte[] buffer = new byte[BUFFER];
        private long ordinal;
        private long at;

        Writing(OutputStream out, MessageDigest digest, Contents contents, FramingSteps steps) {
            this.out = out;
            this.digest = digest;
            this.contents = contents;
            this.steps = steps;
        }

        long run() throws IOException {
            while (true) {
                steps.next();
                switch (steps.kind()) {
                    case FramingFormat.LITERAL -> literal();
                    case FramingFormat.ZEROS -> zeros();
                    case FramingFormat.OPEN -> {
                        contents.open(steps.path(), ordinal++);
                        at = 0;
                    }
                    case FramingFormat.SKIP -> at += steps.n();
                    case FramingFormat.COPY -> copy();
                    case FramingFormat.MOVED -> steps.path(); // known beforehand
                    case FramingFormat.END -> { return steps.n(); }
                    default -> throw FramingSteps.damaged("it holds an unknown step", null);
                }
            }
        }

        private void literal() throws IOException {
            for (long left = steps.n(); left > 0;) {
                int n = (int) Math.min(left, BUFFER);
                steps.read(buffer, 0, n);
                write(buffer, n);
                left -= n;
            }
        }

        private void zeros() throws IOException {
            for (long left = steps.n(); left > 0;) {
                int n = (int) Math.min(left, BUFFER);
                write(NO_BYTES, n);
                left -= n;
            }
        }

        private void copy() throws IOException {
            OpenFile file = contents.current();
            for (long left = steps.n(); left > 0;) {
                int n = file.read(at, buffer, 0, (int) Math.min(left, BUFFER));
                if (n == 0) {
                    throw contents.shorter();
                }
                write(buffer, n);
                at += n;
                left -= n;
            }
        }

        private void write(byte[] bytes, int length) throws IOException {
            digest.update(bytes, 0, length);
            out.write(bytes, 0, length);
        }
    }
}
