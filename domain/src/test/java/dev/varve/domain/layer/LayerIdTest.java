package dev.varve.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerIdTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "../x", "a/b", ":", ",", " ", ".", "..", "\\", "\u00e9", "\ud83d\ude00", "\u05d0",
        "\ud83d\udc68\u200d\ud83d\udcbb", "sha256:ba7816bf"})
    void anyPrintableTextIsAnId(String text) {
        assertThat(new LayerId(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "a\n", "\t", "\u001b[3J", "\u007f", "\u0085", "a\u2028b", "a\u202eb", "\u2066"})
    void emptyAndControlCharactersAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId(text)).withMessageNotContaining("\n");
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId("a\ud83d"));
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId("\ude00a"));
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId("\ude00\ud83d"));
    }

    @Test
    void lengthIsCountedInBytes() {
        assertThat(new LayerId("a".repeat(4096)).value()).hasSize(4096);
        assertThat(new LayerId("\u00e9".repeat(2048)).value()).hasSize(2048);
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId("a".repeat(4097)))
                .withMessageContaining("4097");
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerId("\u00e9".repeat(2049)))
                .withMessageContaining("4098");
    }

    @Test
    void numbersBeginAtOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LayerNumber(0));
        assertThat(new LayerNumber(2)).isLessThan(new LayerNumber(10)).hasToString("2");
    }
}
