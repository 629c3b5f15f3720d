package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Archives.Decompressed;
import dev.varve.ports.archive.Compression;

/** Compression, its detection, and damage to it. */
class CompressionTest {
    private static final TarArchives ARCHIVES = new TarArchives();

    private static byte[] tar() throws IOException {
        byte[] content = new byte[300_000];
        new Random(1).nextBytes(content);
        return Tars.write(Item.file("random", content), Item.file("zeros", new byte[300_000]));
    }

    private static byte[] compress(byte[] bytes, Compression compression) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream compressed = ARCHIVES.compress(out, compression)) {
            compressed.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] decompress(byte[] bytes) throws IOException {
        try (InputStream in = ARCHIVES.decompress(new ByteArrayInputStream(bytes)).stream()) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @EnumSource
    void undoesWhatItDid(Compression compression) throws IOException {
        byte[] compressed = compress(tar(), compression);
        Decompressed decompressed = ARCHIVES.decompress(new ByteArrayInputStream(compressed));
        assertThat(decompressed.compressed()).isEqualTo(compression != Compression.NONE);
        assertThat(decompressed.stream().readAllBytes()).isEqualTo(tar());
        assertThat(compress(tar(), compression)).isEqualTo(compressed);
    }

    @ParameterizedTest
    @EnumSource
    void readsByteByByteToo(Compression compression) throws IOException {
        byte[] tar = Tars.write(Item.file("a", new byte[10]));
        try (InputStream in = ARCHIVES.decompress(new ByteArrayInputStream(compress(tar, compression))).stream()) {
            for (byte b : tar) {
                assertThat(in.read()).isEqualTo(b & 0xff);
            }
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[5])).isEqualTo(-1);
        }
    }

    @Test
    void writesNoTimeAndNoNameIntoGzip() throws IOException {
        assertThat(Arrays.copyOf(compress(tar(), Compression.GZIP), 10)).containsExactly(0x1f, 0x8b, 8, 0, 0, 0, 0, 0,
                0, 0xff);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void joinsMembersAndFramesEvenIfTheSourcePauses(Compression compression) throws IOException {
        byte[] tar = tar();
        byte[] parts = join(compress(Arrays.copyOf(tar, 1000), compression), compress(new byte[0], compression),
                compress(Arrays.copyOfRange(tar, 1000, 70_000), compression),
                compress(Arrays.copyOfRange(tar, 70_000, tar.length), compression));
        InputStream pausing = new FilterInputStream(new ByteArrayInputStream(parts)) {
            @Override
            public int available() {
                return 0;
            }

            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                return super.read(b, from, Math.min(length, 13));
            }
        };
        assertThat(ARCHIVES.decompress(pausing).stream().readAllBytes()).isEqualTo(tar);
        assertThat(decompress(parts)).isEqualTo(tar);
    }

    @Test
    void passesOverASkippableZstdFrame() throws IOException {
        byte[] frame = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
        assertThat(decompress(join(frame, compress(tar(), Compression.ZSTD), frame))).isEqualTo(tar());
    }

    @Test
    void passesOverZerosAfterGzipButNotOverOtherBytes() throws IOException {
        byte[] gzip = compress(tar(), Compression.GZIP);
        assertThat(decompress(join(gzip, new byte[100_000]))).isEqualTo(tar());
        for (byte[] after : new byte[][]{{1}, {0, 0, 1}, {0x1f, 1, 2, 3}, {0x1f}}) {
            assertThatThrownBy(() -> decompress(join(gzip, after))).isInstanceOf(BadDataException.class)
                    .hasMessageStartingWith("the compressed stream is truncated or damaged: gzip");
        }
    }

    @Test
    void passesOverAllPartsOfAGzipHeader() throws IOException {
        byte[] gzip = compress(tar(), Compression.GZIP);
        byte[] header = {0x1f, (byte) 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 'c', 0, 1, 2};
        assertThat(decompress(join(header, Arrays.copyOfRange(gzip, 10, gzip.length)))).isEqualTo(tar());
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void saysThatAStreamIsTruncated(Compression compression) throws IOException {
        byte[] compressed = compress(tar(), compression);
        for (int length = 12; length < compressed.length; length += 1 + length / 10) {
            byte[] cut = Arrays.copyOf(compressed, length);
            assertThatThrownBy(() -> decompress(cut)).isInstanceOf(BadDataException.class)
                    .hasMessageStartingWith("the compressed stream is truncated or damaged: ");
        }
        byte[] cut = Arrays.copyOf(compressed, compressed.length - 1);
        assertThatThrownBy(() -> decompress(cut)).isInstanceOf(BadDataException.class);
        assertThatThrownBy(
                () -> Tars.read(ARCHIVES.decompress(new ByteArrayInputStream(cut)).stream(), ArchiveLimits.DEFAULT))
                .isInstanceOf(BadDataException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void neverGivesWrongBytesForADamagedStream(Compression compression) throws IOException {
        byte[] compressed = compress(tar(), compression);
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = compressed.clone();
            damaged[10 + random.nextInt(damaged.length - 10)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(decompress(damaged)).isEqualTo(tar());
            } catch (BadDataException e) {
                assertThat(e).hasMessageStartingWith("the compressed stream is truncated or damaged: ");
            }
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(Arguments.of("zip", new byte[]{'P', 'K', 3, 4, 20}),
                Arguments.of("lz4", new byte[]{4, 0x22, 0x4d, 0x18, 0}));
    }

    @ParameterizedTest
    @MethodSource("others")
    void namesCompressionsThatLayersDoNotUse(String name, byte[] start) {
        assertThatThrownBy(() -> decompress(start)).isInstanceOf(BadDataException.class)
                .hasMessage(name + " is not a compression of layers")
                .satisfies(e -> assertThat(((VarveException) e).hint())
                        .hasValueSatisfying(hint -> assertThat(hint).contains("recompress")));
    }

    @Test
    void takesATarForATarWhateverItsFirstNameBeginsWith() throws IOException {
        for (String name : new String[]{"BZh91AY", "PK\3\4", "(\u00b5/\u00fd"}) {
            byte[] tar = new RawTar().file(name, "x").end();
            assertThat(ARCHIVES.decompress(new ByteArrayInputStream(tar)).compressed()).isFalse();
        }
    }

    @Test
    void refusesWhatIsNeither() {
        assertThatThrownBy(() -> decompress(new byte[]{1})).isInstanceOf(BadDataException.class);
        assertThatThrownBy(() -> decompress(Tars.ascii("<html>".repeat(200)))).isInstanceOf(BadDataException.class)
                .hasMessageContaining("neither a tar nor compressed by gzip, zstd, xz or bzip2");
    }

    @Test
    void leavesAnEmptyStreamToTheReader() throws IOException {
        assertThat(ARCHIVES.decompress(InputStream.nullInputStream()).compressed()).isFalse();
        assertThatThrownBy(() -> Tars.read(new byte[0])).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith("not a tar");
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheTypeOfAFailureOfTheSource(Compression compression) throws IOException {
        VarveException failure = new UnsupportedException("the source failed", "");
        byte[] compressed = compress(tar(), compression);
        InputStream in = new FilterInputStream(new ByteArrayInputStream(compressed)) {
            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                int n = super.read(b, from, length);
                if (n < 0 || in.available() < 200) {
                    throw failure;
                }
                return n;
            }
        };
        assertThatThrownBy(() -> ARCHIVES.decompress(in).stream().readAllBytes()).isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource
    void closesWhatItReadsAndWrites(Compression compression) throws IOException {
        boolean[] closed = new boolean[2];
        try (OutputStream out = ARCHIVES.compress(new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        }, compression)) {
            out.write(1);
        }
        ARCHIVES.decompress(new ByteArrayInputStream(compress(tar(), compression)) {
            @Override
            public void close() {
                closed[1] = true;
            }
        }).stream().close();
        assertThat(closed).containsExactly(true, true);
    }
}
