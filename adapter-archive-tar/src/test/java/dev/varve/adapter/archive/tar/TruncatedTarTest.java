package dev.varve.adapter.archive.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import dev.varve.adapter.archive.tar.Tars.Item;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.ArchiveLimits;

/** Archives that end early, end late, or were changed on their way. */
class TruncatedTarTest {
    private static final int MUTATIONS = 6000;

    private static byte[] sample() throws IOException {
        byte[] sparse = new RawTar()
                .pax('x', "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=sparse",
                        "GNU.sparse.realsize=9000")
                .add(RawTar.header('0', "s", 512 + 700))
                .content("2\n100\n600\n8000\n100\n")
                .content("s".repeat(700))
                .withoutEnd();
        byte[] old = new RawTar().add(RawTar.header('S', "old", 512 + 1)
                .gnu()
                .octal(386, 12, 0)
                .octal(398, 12, 512)
                .octal(410, 12, 1024)
                .octal(422, 12, 1)
                .octal(483, 12, 2000)).content("o".repeat(513)).withoutEnd();
        byte[] gnu = new RawTar().add(RawTar.header('L', "././@LongLink", 121))
                .content("l".repeat(120) + "\0")
                .add(RawTar.header('K', "././@LongLink", 121))
                .content("k".repeat(120) + "\0")
                .add(RawTar.header('2', "l", 0))
                .withoutEnd();
        byte[] written = Tars.write(Item.file("a", new byte[700]), Item.file("b".repeat(300), new byte[0]),
                Item.file("c", new byte[512]));
        return new RawTar().raw(sparse).raw(old).raw(gnu).raw(written).withoutEnd();
    }

    @Test
    void isRefusedWhereverItEndsButBetweenEntries() throws IOException {
        byte[] tar = sample();
        TreeSet<Integer> borders = new TreeSet<>();
        for (int length = 0; length < tar.length; length += length % 512 == 511 || length % 512 == 0 ? 1 : 37) {
            int end = length % 512 > 474 && length % 512 < 511 ? length / 512 * 512 + 511 : length;
            byte[] cut = Arrays.copyOf(tar, end);
            try {
                Tars.read(cut);
                borders.add(end);
            } catch (BadDataException e) {
                assertThat(e).hasMessageFindingMatch("at byte \\d+|not a tar: it is empty");
            }
            length = end;
        }
        // After each of the six entries, and after the first of the two empty blocks.
        int end = tar.length;
        assertThat(borders).containsExactly(512 * 6, 512 * 9, 512 * 14, 512 * 17, end - 512 * 4, end - 512 * 2,
                end - 512);
    }

    @Test
    void readsToTheVeryEndOfTheStream() throws IOException {
        byte[] tar = new RawTar().raw(sample()).raw(new byte[300_001]).raw(Tars.ascii("garbage")).withoutEnd();
        ByteArrayInputStream in = new ByteArrayInputStream(tar);
        assertThat(Tars.read(in, ArchiveLimits.DEFAULT)).hasSize(6);
        assertThat(in.available()).isZero();
    }

    @Test
    void skipsContentThatNobodyRead() throws IOException {
        try (var reader = new TarArchives().reader(new ByteArrayInputStream(sample()), ArchiveLimits.DEFAULT)) {
            int entries = 0;
            while (reader.next().isPresent()) {
                reader.read(new byte[3], 0, 3);
                entries++;
            }
            assertThat(entries).isEqualTo(6);
            assertThat(reader.next()).isEmpty();
        }
    }

    @Test
    void anEmptyArchiveHoldsNothing() throws IOException {
        assertThat(Tars.read(new RawTar().end())).isEmpty();
        assertThat(Tars.read(new byte[512])).isEmpty();
        assertThat(Tars.read(new byte[10_240])).isEmpty();
    }

    @Test
    void whateverIsChangedItIsReadOrRefused() throws IOException {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] tar = sample();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutant = mutate(tar, random);
            try {
                Tars.read(mutant);
            } catch (VarveException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                fail("mutation " + i + " with -Dvarve.seed=" + seed, e);
            }
        }
        System.out.println("seed " + seed + ": " + refused + " of " + MUTATIONS + " mutations refused");
        assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS - 1);
    }

    /** Changes some bytes; mends the checksums mostly, or none but the first block would be tried. */
    private static byte[] mutate(byte[] tar, Random random) {
        byte[] mutant = tar.clone();
        int changes = 1 + random.nextInt(6);
        List<Integer> headers = List.of(0, 512, 1024, 6 * 512, 9 * 512, 10 * 512, 11 * 512, 13 * 512, 14 * 512,
                17 * 512);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(4) == 0 ? random.nextInt(mutant.length)
                    : headers.get(random.nextInt(headers.size())) + random.nextInt(512);
            mutant[at] = switch (random.nextInt(5)) {
                case 0 -> (byte) random.nextInt(256);
                case 1 -> (byte) "0123456789\n =.-,/%gxLKS".charAt(random.nextInt(23));
                case 2 -> (byte) (mutant[at] ^ 1 << random.nextInt(8));
                case 3 -> (byte) 0xff;
                default -> 0;
            };
        }
        if (random.nextInt(4) != 0) {
            for (int at = 0; at < mutant.length; at += 512) {
                if (UstarHeader.hasValidChecksum(tar, at)) {
                    mend(mutant, at);
                }
            }
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(mutant, random.nextInt(mutant.length)) : mutant;
    }

    private static void mend(byte[] tar, int at) {
        RawTar.Header header = new RawTar.Header('0', "", 0);
        System.arraycopy(tar, at, header.b, 0, 512);
        System.arraycopy(header.sealed(), 0, tar, at, 512);
    }

    @Test
    void aFailingStreamIsBadDataWithItsReason() {
        var in = new java.io.FilterInputStream(new ByteArrayInputStream(new byte[0])) {
            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                throw new IOException("cable cut");
            }
        };
        assertThatThrownBy(() -> Tars.read(in, ArchiveLimits.DEFAULT)).isInstanceOf(BadDataException.class)
                .hasMessage("cannot read the archive: cable cut")
                .hasRootCauseMessage("cable cut");
    }

    @Test
    void aFailureWithATypeKeepsIt() {
        var failure = new dev.varve.domain.error.UnsupportedException("no", "");
        var in = new java.io.FilterInputStream(new ByteArrayInputStream(new byte[0])) {
            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                throw failure;
            }
        };
        assertThatThrownBy(() -> Tars.read(in, ArchiveLimits.DEFAULT)).isSameAs(failure);
    }
}
