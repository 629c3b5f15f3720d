package dev.varve.domain.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "/", "a/b", "/a", "a/", "\0", "a\0b"})
    void whatIsNotOneComponentIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryName.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "...", ".a", "..a", "a.", " ", "\n", "\\", ".wh.a", "\u00e9"})
    void anyOtherBytesAreAName(String text) {
        EntryName name = EntryName.of(text);
        assertThat(name.toBytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(name.length()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(EntryName.of(name.toBytes())).isEqualTo(name).hasSameHashCodeAs(name);
    }

    @Test
    void bytesThatAreNotUtf8AreKept() {
        byte[] bytes = {(byte) 0xff, (byte) 0xc3, '(', (byte) 0x80};
        assertThat(EntryName.of(bytes).toBytes()).isEqualTo(bytes);
        assertThat(EntryName.of(bytes)).hasToString("\\xff\\xc3(\\x80");
    }

    @Test
    void refusalPrintsTheNameEscaped() {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryName.of("a/\u001b"))
                .withMessageContaining("a/\\x1b");
    }

    @Test
    void rangeIsCopied() {
        byte[] bytes = "xnamex".getBytes(StandardCharsets.US_ASCII);
        EntryName name = EntryName.ofRange(bytes, 1, 5);
        bytes[1] = '?';
        name.toBytes()[0] = '?';
        assertThat(name).isEqualTo(EntryName.of("name"));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryName.ofRange(bytes, 3, 3));
    }

    @Test
    void copyToLeavesTheRestOfTheTargetAlone() {
        byte[] target = "-----".getBytes(StandardCharsets.US_ASCII);
        EntryName.of("ab").copyTo(target, 2);
        assertThat(target).asString(StandardCharsets.US_ASCII).isEqualTo("--ab-");
    }

    @Test
    void comparesWithAsciiText() {
        EntryName name = EntryName.of(".wh.a");
        assertThat(name.startsWith(".wh.")).isTrue();
        assertThat(name.startsWith(".wh.ab")).isFalse();
        assertThat(name.startsWith("")).isTrue();
        assertThat(name.is(".wh.a")).isTrue();
        assertThat(name.is(".wh.")).isFalse();
        assertThat(EntryName.of("\u00e9").is("\u00e9")).as("text that is not ASCII").isFalse();
    }

    @Test
    void orderIsThatOfUnsignedBytes() {
        EntryName high = EntryName.of(new byte[]{(byte) 0x80});
        assertThat(high).isGreaterThan(EntryName.of("\u007f"));
        assertThat(EntryName.of("a")).isLessThan(EntryName.of("a.")).isLessThan(EntryName.of("b"));
    }
}
