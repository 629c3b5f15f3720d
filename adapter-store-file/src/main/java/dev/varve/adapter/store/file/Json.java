package dev.varve.adapter.store.file;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reading and writing of the JSON that records are made of: objects, arrays, strings and whole numbers. Reading is
 * strict; whatever is not as expected is an IllegalArgumentException, which {@link RecordCodec} gives its meaning.
 */
final class Json {
    /** Labels may be of any length. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** The string, if it can be written so that it is read as it was: half a surrogate pair has no form in UTF-8. */
    static String text(String string) {
        if (string.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new IllegalArgumentException("a text must not hold unpaired surrogates");
        }
        return string;
    }

    static byte[] write(Consumer<JsonGenerator> content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            content.accept(generator);
        }
        return out.toByteArray();
    }

    /** The one value that the bytes hold: a {@link Fields}, a {@code List}, a {@code String} or a {@code Long}. */
    static Object read(byte[] bytes, int from, int length) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, from, length)) {
            Object value = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more than one JSON value");
            }
            return value;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Object value(JsonParser parser, @Nullable JsonToken token) {
        if (token == null) {
            throw new IllegalArgumentException("it ends too early");
        }
        return switch (token) {
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                    values.add(value(parser, t));
                }
                yield values;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            default -> throw new IllegalArgumentException("unexpected " + token);
        };
    }

    private static Fields fields(JsonParser parser) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_OBJECT; t = parser.nextToken()) {
            if (t != JsonToken.PROPERTY_NAME) {
                throw new IllegalArgumentException("it ends too early");
            }
            String name = parser.currentName();
            values.put(name, value(parser, parser.nextToken()));
        }
        return new Fields(values);
    }

    /** The fields of an object. Each is taken once; at the end none must be left. */
    static final class Fields {
        private final Map<String, Object> values;

        Fields(Map<String, Object> values) {
            this.values = values;
        }

        <T> T take(String name, Class<T> type) {
            return takeIfPresent(name, type).orElseThrow(() -> new IllegalArgumentException("no field " + name));
        }

        <T> Optional<T> takeIfPresent(String name, Class<T> type) {
            Object value = values.remove(name);
            if (value == null) {
                return Optional.empty();
            }
            if (!type.isInstance(value)) {
                throw new IllegalArgumentException("field " + name + " is of the wrong kind");
            }
            return Optional.of(type.cast(value));
        }

        /** All fields, which are to be strings. */
        Map<String, String> takeStrings() {
            Map<String, String> strings = new LinkedHashMap<>();
            values.forEach((name, value) -> strings.put(name, string(value)));
            values.clear();
            return strings;
        }

        List<String> takeStrings(String name) {
            List<String> strings = new ArrayList<>();
            for (Object value : take(name, List.class)) {
                strings.add(string(value));
            }
            return strings;
        }

        /** A field that this version does not know may mean anything: better no record than a misread one. */
        void requireEmpty() {
            if (!values.isEmpty()) {
                throw new IllegalArgumentException("unknown fields " + values.keySet());
            }
        }

        private static String string(Object value) {
            if (value instanceof String string) {
                return string;
            }
            throw new IllegalArgumentException("not a string: " + value);
        }
    }
}
