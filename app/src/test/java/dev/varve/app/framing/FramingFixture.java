package dev.varve.app.framing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

import dev.varve.app.framing.FramingReplay.Replayed;
import dev.varve.app.tree.DeltaWriter;
import dev.varve.app.tree.Marks;
import dev.varve.app.tree.Omissions;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** A layer on a disk in memory, filled from an archive as layers are, without a store around it. */
final class FramingFixture {
    private static final Archives ARCHIVES = ServiceLoader.load(Archives.class).findFirst().orElseThrow();
    static final LayerId ID = new LayerId("sample");
    static final Path PLACE = Path.of("/layer");
    static final Path TREE = PLACE.resolve("fs");
    final MemorySyscalls host = MemorySyscalls.create();

    FramingFixture() throws VarveException {
        host.makeDirectories(TREE);
    }

    /** Applies the archive to the empty layer, in pieces of this size. @return how many entries it had */
    long apply(byte[] archive, int piece) throws IOException {
        ByteArrayInputStream pieces = new ByteArrayInputStream(archive) {
            @Override
            public synchronized int read(byte[] buffer, int from, int length) {
                return super.read(buffer, from, Math.min(length, piece));
            }
        };
        try (UnionView nothing = new UnionView(List.of(), List.of());
                FramingRecorder framing = FramingRecorder.begin(host.directory(PLACE));
                LayerReader reader = ARCHIVES.reader(pieces, ArchiveLimits.DEFAULT, framing);
                DeltaWriter writer = new DeltaWriter(host.directory(TREE), Marks.temporary(), nothing, host.host(),
                        new Omissions(), framing)) {
            long entries = writer.writeAll(reader).entries();
            framing.finish(entries);
            return entries;
        }
    }

    /** What the layer gives back of an archive with this digest. */
    byte[] replay(Digest digest) throws IOException {
        return replay(digest, -1);
    }

    private byte[] replay(Digest digest, long entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Directory place = host.directory(PLACE); Directory tree = host.directory(TREE)) {
            assertThat(FramingReplay.isAt(place)).isTrue();
            Replayed replayed = new FramingReplay(ID, new DiffId(digest)).writeTo(out, place, tree);
            assertThat(replayed.diffId()).isEqualTo(new DiffId(digest));
            if (entries >= 0) {
                assertThat(replayed.entries()).isEqualTo(entries);
            }
        }
        return out.toByteArray();
    }

    /** Applies the archive and asserts that it comes back. */
    static FramingFixture comesBack(byte[] archive, int piece) throws IOException {
        FramingFixture layer = new FramingFixture();
        long entries = layer.apply(archive, piece);
        byte[] back = layer.replay(Digest.sha256(archive), entries);
        assertThat(Arrays.mismatch(back, archive)).as("the first byte that differs").isNegative();
        assertThat(layer.host.openHandles()).isZero();
        return layer;
    }
}
