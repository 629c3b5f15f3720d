package dev.varve.app.diff;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

import dev.varve.app.framing.FramingReplay.Replayed;
import dev.varve.app.service.HostFailure;
import dev.varve.app.service.HostOutput;
import dev.varve.app.tree.Omissions;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.archive.LayerWriter;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerStore.Method;

/** A difference that is found anew each time it is written. */
final class StoreLayerBlob implements LayerBlob {
    private final DiffService diffs;
    private final Archives archives;
    private final LayerId id;
    private final Optional<LayerId> against;
    private final Comparison comparison;

    StoreLayerBlob(DiffService diffs, Archives archives, LayerId id, Optional<LayerId> against, Comparison comparison) {
        this.diffs = diffs;
        this.archives = archives;
        this.id = id;
        this.against = against;
        this.comparison = comparison;
    }

    @Override
    public Written writeTo(Path file, Compression compression) throws VarveException {
        return HostOutput.file(file, out -> writeTo(out, compression));
    }

    @Override
    public Written writeTo(OutputStream out, Compression compression) throws VarveException {
        MessageDigest blob = Digest.sha256();
        MessageDigest diff = Digest.sha256();
        Omissions omissions = new Omissions();
        try {
            Counted counted = new Counted(HostOutput.stream("cannot write the layer archive", out), blob);
            Optional<Replayed> replayed;
            Method method = DiffService.REPLAYED;
            long entries = 0;
            try (OutputStream compressed = archives.compress(counted, compression)) {
                replayed = diffs.replay(id, against, compressed);
                if (replayed.isEmpty()) {
                    try (LayerWriter writer = archives.writer(new Counted(compressed, diff))) {
                        DiffArchiver archiver = new DiffArchiver(writer, omissions);
                        method = diffs.visit(id, against, comparison, archiver);
                        writer.finish();
                        entries = archiver.entries();
                    }
                }
            }
            counted.flush();
            return new Written(Digest.ofFinished(blob),
                    replayed.map(Replayed::diffId).orElseGet(() -> new DiffId(Digest.ofFinished(diff))), counted.count,
                    replayed.map(Replayed::entries).orElse(entries), compression, omissions.list(), method);
        } catch (VarveException e) {
            throw e;
        } catch (IOException e) {
            throw HostFailure.of("cannot write the layer archive", e);
        }
    }

    /** Counts and digests what goes through; closing it leaves the stream below open. */
    private static final class Counted extends FilterOutputStream {
        private final MessageDigest digest;
        private long count;

        Counted(OutputStream out, MessageDigest digest) {
            super(out);
            this.digest = digest;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int from, int length) throws IOException {
            out.write(buffer, from, length);
            digest.update(buffer, from, length);
            count += length;
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
