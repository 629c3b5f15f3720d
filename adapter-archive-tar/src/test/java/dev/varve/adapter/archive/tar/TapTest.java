package dev.varve.adapter.archive.tar;

import static dev.varve.adapter.archive.tar.RawTar.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.ArchiveTap;
import dev.varve.ports.archive.LayerReader;

/** What a tap hears; that it hears all of it, {@link Tars#read(byte[])} checks in every test that reads. */
class TapTest {
    @Test
    void contentIsToldApartWithItsPlaceInTheFile() throws IOException {
        byte[] tar = new RawTar().file("a", "first")
                .pax('x', "GNU.sparse.size=10", "GNU.sparse.numblocks=2", "GNU.sparse.name=b", "GNU.sparse.map=1,2,7,1")
                .file("fake", "xyz")
                .end();
        Tars.Heard heard = new Tars.Heard();
        Tars.read(new ByteArrayInputStream(tar), ArchiveLimits.DEFAULT, heard);
        assertThat(heard.content.toByteArray()).isEqualTo(Tars.ascii("firstxyz"));
        assertThat(heard.offsets).containsExactly(0L, 1L, 7L);
        assertThat(heard.all.toByteArray()).isEqualTo(tar);
    }

    @Test
    void contentThatNobodyReadsIsFraming() throws IOException {
        byte[] tar = new RawTar().file("a", "x".repeat(300_000)).file("b", "y").end();
        Tars.Heard heard = new Tars.Heard();
        try (LayerReader reader = new TarArchives().reader(new ByteArrayInputStream(tar), ArchiveLimits.DEFAULT,
                heard)) {
            reader.next();
            reader.read(new byte[1000], 0, 1000);
            while (reader.next().isPresent()) {
                continue;
            }
        }
        assertThat(heard.content.size()).isEqualTo(1000);
        assertThat(heard.all.toByteArray()).isEqualTo(tar);
    }

    @Test
    void extensionsLargerThanTheBufferAreHeard() throws IOException {
        byte[] tar = new RawTar().pax('x', "comment=" + "c".repeat(400_000))
                .add(header('0', "a", 3))
                .content("abc")
                .raw(new byte[1024])
                .raw(Tars.ascii("what follows the end"))
                .withoutEnd();
        assertThat(Tars.read(tar)).hasSize(1);
    }

    @Test
    void aTapThatFailsEndsTheReading() {
        byte[] tar = new RawTar().file("a", "a").end();
        assertThatThrownBy(() -> Tars.read(new ByteArrayInputStream(tar), ArchiveLimits.DEFAULT, new ArchiveTap() {
            @Override
            public void framing(byte[] buffer, int from, int length) throws VarveException {
                throw new BadDataException("the tap is closed", "");
            }

            @Override
            public void content(long offset, byte[] buffer, int from, int length) {}
        })).isInstanceOf(BadDataException.class).hasMessage("the tap is closed");
    }
}
