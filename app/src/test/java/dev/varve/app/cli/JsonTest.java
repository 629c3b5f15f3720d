package dev.varve.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void escapesAllThatIsNotPrintableAscii() {
        String document = text(o -> o.field("a", "\"\\\n\u001b[31m\u009b é \u202e \ud83d\ude00"));
        assertThat(document).isEqualTo("{\"a\":\"\\\"\\\\\\n\\u001B[31m\\u009B \\u00E9 \\u202E \\uD83D\\uDE00\"}");
    }

    @Test
    void halfASurrogatePairIsNoFailure() {
        assertThat(text(o -> o.field("a", "x\ud800y"))).startsWith("{\"a\":\"x").endsWith("y\"}");
    }

    @Test
    void namesAreEscapedToo() {
        assertThat(text(o -> o.texts("labels", Map.of("\u001b", "v")))).isEqualTo("{\"labels\":{\"\\u001B\":\"v\"}}");
    }

    @Test
    void writesEachKindOfField() {
        String document = text(o -> o.field("n", 1L << 53)
                .field("b", true)
                .field("none", Optional.empty())
                .field("some", Optional.of(7))
                .texts("list", List.of("x", 1))
                .object("o", i -> i.field("k", "v"))
                .objects("os", List.of("p", "q"), (i, v) -> i.field("v", v)));
        assertThat(document).isEqualTo("{\"n\":9007199254740992,\"b\":true,\"none\":null,\"some\":\"7\","
                + "\"list\":[\"x\",\"1\"],\"o\":{\"k\":\"v\"},\"os\":[{\"v\":\"p\"},{\"v\":\"q\"}]}");
    }

    private static String text(java.util.function.Consumer<Json> content) {
        return new String(Json.document(content), StandardCharsets.UTF_8);
    }
}
