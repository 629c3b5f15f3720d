package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.ArchiveTap;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.archive.LayerWriter;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/** Decompressors hold native memory: each is closed, whatever becomes of the layer. */
class ArchiveStreamsTest {
    private static final Archives REAL = MemoryStore.ARCHIVES;
    private final MemorySyscalls host = MemorySyscalls.create();
    private final AtomicInteger open = new AtomicInteger();
    private int layers;
    private byte[] plain = new byte[0];

    /** Counts the streams that are open. */
    private final class Counting implements Archives {
        @Override
        public String name() {
            return REAL.name();
        }

        @Override
        public LayerReader reader(InputStream tar, ArchiveLimits limits, ArchiveTap tap) {
            return REAL.reader(tar, limits, tap);
        }

        @Override
        public LayerWriter writer(OutputStream tar) {
            return REAL.writer(tar);
        }

        @Override
        public Decompressed decompress(InputStream raw) throws VarveException {
            Decompressed real = REAL.decompress(raw);
            open.incrementAndGet();
            return new Decompressed(new FilterInputStream(real.stream()) {
                @Override
                public void close() throws IOException {
                    in.close();
                    open.decrementAndGet();
                }
            }, real.compressed());
        }

        @Override
        public OutputStream compress(OutputStream out, Compression compression) throws VarveException {
            return REAL.compress(out, compression);
        }
    }

    @BeforeEach
    void makeArchive() {
        TarBuilder tar = new TarBuilder();
        for (int i = 0; i < 200; i++) {
            tar.file("f" + i, "content " + i).file("g" + i, Integer.toString(i).repeat(3000));
        }
        plain = tar.build();
    }

    private static byte[] compressed(byte[] bytes, Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressing = REAL.compress(out, compression)) {
            compressing.write(bytes);
        }
        return out.toByteArray();
    }

    private void apply(InputStream archive, Expected expected) throws VarveException {
        try (Store store = MemoryStore.open(host, new Counting())) {
            store.layers().apply(new LayerId("layer-" + layers++), Optional.empty(), archive, expected);
        }
    }

    private void refused(InputStream archive, Expected expected) {
        assertThatThrownBy(() -> apply(archive, expected)).isInstanceOf(VarveException.class);
        assertThat(open).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource
    void aDecompressorIsClosedWhateverComes(Compression compression) throws IOException {
        byte[] archive = compressed(plain, compression);
        apply(new ByteArrayInputStream(archive), Expected.ANYTHING);
        assertThat(open).as("after success").hasValue(0);
        refused(new ByteArrayInputStream(archive),
                new Expected(Optional.of(Digest.sha256(new byte[1])), Optional.empty()));
        refused(new ByteArrayInputStream(Arrays.copyOf(archive, archive.length / 2)), Expected.ANYTHING);
        refused(new ByteArrayInputStream(
                compressed(new TarBuilder().file("a", "a").hardLink("b", "none").build(), compression)),
                Expected.ANYTHING);
        refused(new java.io.SequenceInputStream(new ByteArrayInputStream(archive, 0, 1000), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the net is down");
            }
        }), Expected.ANYTHING);
    }

    @ParameterizedTest
    @EnumSource
    void norDoesItStayOpenWhereTheHostFails(Compression compression) throws IOException {
        byte[] archive = compressed(new TarBuilder().file("a", "a").build(), compression);
        long before = host.calls();
        apply(new ByteArrayInputStream(archive), Expected.ANYTHING);
        long calls = host.calls() - before;
        assertThat(calls).isGreaterThan(20);
        for (long k = 1; k <= calls; k++) {
            host.failAt(k, Errno.EIO);
            try {
                apply(new ByteArrayInputStream(archive), Expected.ANYTHING);
            } catch (VarveException e) {
                assertThat(e).hasMessageContaining("EIO");
            }
            host.clearFaults();
            assertThat(open).as("after a failure of call %d", k).hasValue(0);
        }
    }
}
