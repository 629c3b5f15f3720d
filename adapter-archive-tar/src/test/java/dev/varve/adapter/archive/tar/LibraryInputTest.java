package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;

/** Archives that are compressed as root file systems often are. */
class LibraryInputTest {
    private static final TarArchives ARCHIVES = new TarArchives();

    enum Kind {
        BZIP2, XZ;

        byte[] compress(byte[] bytes) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (OutputStream compressed = this == BZIP2 ? new BZip2CompressorOutputStream(out)
                    : new XZOutputStream(out, new LZMA2Options(0))) {
                compressed.write(bytes);
            }
            return out.toByteArray();
        }
    }

    private static byte[] tar() throws IOException {
        byte[] content = new byte[50_000];
        new Random(1).nextBytes(content);
        return Tars.write(Item.file("random", content), Item.file("zeros", new byte[300_000]));
    }

    private static byte[] decompress(InputStream in) throws IOException {
        try (InputStream plain = ARCHIVES.decompress(in).stream()) {
            return plain.readAllBytes();
        }
    }

    private static byte[] decompress(byte[] bytes) throws IOException {
        return decompress(new ByteArrayInputStream(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void isFoundAndUndone(Kind kind) throws IOException {
        byte[] compressed = kind.compress(tar());
        assertThat(ARCHIVES.decompress(new ByteArrayInputStream(compressed)).compressed()).isTrue();
        assertThat(decompress(compressed)).isEqualTo(tar());
    }

    @ParameterizedTest
    @EnumSource
    void isReadByteByByteAndSkippedToo(Kind kind) throws IOException {
        byte[] tar = Tars.write(Item.file("a", new byte[10]));
        try (InputStream in = ARCHIVES.decompress(new ByteArrayInputStream(kind.compress(tar))).stream()) {
            assertThat(in.skip(1)).isEqualTo(1);
            for (byte b : Arrays.copyOfRange(tar, 1, tar.length)) {
                assertThat(in.read()).isEqualTo(b & 0xff);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalStreamsAreOne(Kind kind) throws IOException {
        byte[] tar = tar();
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(kind.compress(Arrays.copyOf(tar, 1000)));
        parts.writeBytes(kind.compress(Arrays.copyOfRange(tar, 1000, tar.length)));
        assertThat(decompress(parts.toByteArray())).isEqualTo(tar);
    }

    @ParameterizedTest
    @EnumSource
    void truncationIsTold(Kind kind) throws IOException {
        byte[] compressed = kind.compress(tar());
        for (int length = 8; length < compressed.length; length += 1 + length / 3) {
            byte[] cut = Arrays.copyOf(compressed, length);
            assertThatThrownBy(() -> decompress(cut)).isInstanceOf(BadDataException.class)
                    .hasMessageStartingWith("the compressed stream is truncated or damaged: ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedStreamNeverGivesWrongBytes(Kind kind) throws IOException {
        byte[] tar = tar();
        byte[] compressed = kind.compress(tar);
        Random random = new Random(7);
        for (int i = 0; i < 100; i++) {
            byte[] damaged = compressed.clone();
            damaged[10 + random.nextInt(damaged.length - 10)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(decompress(damaged)).isEqualTo(tar);
            } catch (BadDataException e) {
                assertThat(e).message()
                        .matches("the (compressed stream is truncated or damaged|xz stream was made with).*");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSourceThatFailsIsNoDamage(Kind kind) throws IOException {
        InputStream failing = new FilterInputStream(new ByteArrayInputStream(kind.compress(tar()))) {
            private int left = 20_000;

            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("the cable is out");
                }
                int n = super.read(b, from, Math.min(length, left));
                left -= n;
                return n;
            }
        };
        assertThatThrownBy(() -> decompress(failing)).isInstanceOf(IOException.class)
                .hasMessageEndingWith("the cable is out")
                .hasMessageNotContaining("damaged");
    }

    @ParameterizedTest
    @EnumSource
    void whatASourceThrowsUncheckedIsNoDamageEither(Kind kind) throws IOException {
        IllegalStateException enough = new IllegalStateException("enough");
        byte[] start = kind.compress(tar());
        InputStream failing = new SequenceInputStream(new ByteArrayInputStream(start, 0, 20_000), new InputStream() {
            @Override
            public int read() {
                throw enough;
            }
        });
        assertThatThrownBy(() -> decompress(failing)).isSameAs(enough);
    }

    @Test
    void aDictionaryThatDoesNotFitTheHeapIsRefusedBeforeItIsMade() throws IOException {
        byte[] xz = Kind.XZ.compress(tar());
        int header = 12; // behind the stream header: size, flags, filter 0x21 with one byte of properties (.xz format 3.1)
        int size = (xz[header] + 1) * 4;
        assertThat(xz[header + 2]).isEqualTo((byte) 0x21);
        xz[header + 4] = 36; // 1 GiB
        CRC32 crc = new CRC32();
        crc.update(xz, header, size - 4);
        ByteBuffer.wrap(xz).order(ByteOrder.LITTLE_ENDIAN).putInt(header + size - 4, (int) crc.getValue());
        assertThatThrownBy(() -> decompress(xz)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith("the xz stream was made with a dictionary that is too large: ")
                .satisfies(e -> assertThat(((VarveException) e).hint()).get().asString().contains("xz -9"));
    }
}
