package dev.varve.domain.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    /** Repeat a failure with {@code -Dvarve.seed=N}, N from its message. */
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b c", "~!@#$%^&*()'\"", "\u00e9", "\u65e5\u672c", "\ud83d\ude00"})
    void printableTextIsLeftAlone(String text) {
        assertThat(Names.printable(utf8(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0a,\\x0a", "0d,\\x0d", "00,\\x00", "1b5b334a,\\x1b[3J", "7f,\\x7f", "09,\\x09", "5c,\\x5c",
        "5c783161,\\x5cx1a", "c285,\\xc2\\x85", "c29b,\\xc2\\x9b", "e280ae,\\xe2\\x80\\xae", "e281a6,\\xe2\\x81\\xa6",
        "e280a8,\\xe2\\x80\\xa8", "e280a9,\\xe2\\x80\\xa9", "e2808b,\\xe2\\x80\\x8b", "efbbbf,\\xef\\xbb\\xbf",
        "f3a08081,\\xf3\\xa0\\x80\\x81"})
    void whatSteersATerminalOrBreaksALineIsEscaped(String hex, String shown) {
        assertThat(Names.printable(hex(hex))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"ff,\\xff", "80,\\x80", "c3,\\xc3", "c328,\\xc3(", "e282,\\xe2\\x82", "c080,\\xc0\\x80",
        "eda080,\\xed\\xa0\\x80", "f4908080,\\xf4\\x90\\x80\\x80", "61c3a9ff62,a\u00e9\\xffb"})
    void bytesThatAreNotUtf8AreEscapedOneByOne(String hex, String shown) {
        assertThat(Names.printable(hex(hex))).isEqualTo(shown);
    }

    @Test
    void differentNamesNeverPrintAlike() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = randomBytes(random);
            assertThat(undo(Names.printable(bytes))).as("seed %d", SEED).isEqualTo(bytes);
        }
    }

    private static byte[] randomBytes(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int n = random.nextInt(8); n > 0; n--) {
            switch (random.nextInt(5)) {
                case 0 -> out.write(random.nextInt(256));
                case 1 -> out.writeBytes(utf8("\\x4" + random.nextInt(10)));
                case 2 -> out.writeBytes(utf8(Character.toString(0x2000 + random.nextInt(0x80))));
                case 3 -> out.writeBytes(utf8(Character.toString(0x10000 + random.nextInt(0xfffff))));
                default -> out.write("\\x0aA".charAt(random.nextInt(5)));
            }
        }
        return out.toByteArray();
    }

    /** The only way to read what was printed: every backslash begins an escape. */
    private static byte[] undo(String printed) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (at < printed.length()) {
            int c = printed.codePointAt(at);
            if (c == '\\') {
                assertThat(printed.charAt(at + 1)).isEqualTo('x');
                out.write(Integer.parseInt(printed, at + 2, at + 4, 16));
                at += 4;
            } else {
                out.writeBytes(utf8(Character.toString(c)));
                at += Character.charCount(c);
            }
        }
        return out.toByteArray();
    }

    private static byte[] hex(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
