package dev.varve.domain.whiteout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;

class OciWhiteoutTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "wh.a", ".wha", ".wh", "a.wh.b", "a.wh./b", ".WH.a", "x/.whiteout"})
    void otherNamesAreOrdinary(String path) throws UnsafePathException {
        assertThat(OciWhiteout.read(EntryPath.of(path))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({".wh.a,a", "d/.wh.a,d/a", "d/e/.wh.a b,d/e/a b", ".wh..a,.a", ".wh...a,..a", ".wh....,...",
        ".wh.wh.a,wh.a", ".wh..wh,.wh", ".wh..whx,.whx"})
    void whiteoutRemovesTheNameBehindThePrefix(String path, String removed) throws UnsafePathException {
        assertThat(OciWhiteout.read(EntryPath.of(path))).contains(new OciWhiteout.Removed(EntryPath.of(removed)));
    }

    @Test
    void opaqueMarkStandsForItsDirectory() throws UnsafePathException {
        assertThat(OciWhiteout.read(EntryPath.of("d/.wh..wh..opq")))
                .contains(new OciWhiteout.Opaque(EntryPath.of("d")));
        assertThat(OciWhiteout.read(EntryPath.of(".wh..wh..opq"))).contains(new OciWhiteout.Opaque(EntryPath.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.", "d/.wh.", ".wh..", ".wh...", "d/.wh..", ".wh..wh.", ".wh..wh.x", "d/.wh..wh.x",
        ".wh..wh..opqx", ".wh..wh..op", ".wh..wh..wh.x"})
    void whiteoutOfNoPossibleNameIsRefused(String path) {
        assertThatExceptionOfType(UnsafePathException.class).isThrownBy(() -> OciWhiteout.read(EntryPath.of(path)))
                .withMessageContaining("/" + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh.a/b", "d/.wh.a/b/c", ".wh.a/.wh.b", ".wh..wh..opq/x", ".wh./x", ".wh.a/.wh..wh..opq"})
    void entryBeneathAWhiteoutIsRefused(String path) {
        assertThatExceptionOfType(UnsafePathException.class).isThrownBy(() -> OciWhiteout.read(EntryPath.of(path)))
                .withMessageContaining("beneath a whiteout");
    }

    @ParameterizedTest
    @ValueSource(strings = {".wh..wh.aufs", ".wh..wh.plnk", ".wh..wh.orph", ".wh..wh.plnk/1.2", "d/.wh..wh.orph/a/b",
        ".wh..wh.plnk/.wh.x"})
    void bookkeepingOfAufsIsLeftOutWithItsContent(String path) throws UnsafePathException {
        assertThat(OciWhiteout.read(EntryPath.of(path))).contains(new OciWhiteout.AufsMetadata());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ".a", "..a", "...", "a b", "\u00e9"})
    void writtenNameReadsAsTheRemovalOfTheName(String name) throws UnsafePathException {
        EntryPath directory = EntryPath.of("d");
        EntryPath written = directory.child(OciWhiteout.nameFor(EntryName.of(name)));
        assertThat(OciWhiteout.read(written)).contains(new OciWhiteout.Removed(directory.child(EntryName.of(name))));
    }

    @Test
    void nameThatIsNotUtf8IsHiddenByteForByte() throws UnsafePathException {
        EntryName name = EntryName.of(new byte[]{(byte) 0xff, (byte) 0xfe});
        assertThat(OciWhiteout.read(EntryPath.ROOT.child(OciWhiteout.nameFor(name))))
                .contains(new OciWhiteout.Removed(EntryPath.ROOT.child(name)));
    }
}
