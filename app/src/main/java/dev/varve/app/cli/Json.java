package dev.varve.app.cli;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Writes the fields of one JSON object. What is not ASCII is written as {@code \\uNNNN}: valid in every locale, and no
 * control character of any kind is left for a terminal to obey.
 */
final class Json {
    private final JsonGenerator out;

    private Json(JsonGenerator out) {
        this.out = out;
    }

    /** One object as bytes. */
    static byte[] document(Consumer<Json> content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonFactory factory = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
        try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), bytes)) {
            new Json(generator).braces(content);
        }
        return bytes.toByteArray();
    }

    Json field(String name, String value) {
        out.writeStringProperty(name, value);
        return this;
    }

    Json field(String name, long value) {
        out.writeNumberProperty(name, value);
        return this;
    }

    Json field(String name, boolean value) {
        out.writeBooleanProperty(name, value);
        return this;
    }

    /** The value's text, or null. */
    Json field(String name, Optional<?> value) {
        if (value.isPresent()) {
            out.writeStringProperty(name, value.get().toString());
        } else {
            out.writeNullProperty(name);
        }
        return this;
    }

    /** The number, or null. */
    Json number(String name, Optional<Long> value) {
        if (value.isPresent()) {
            out.writeNumberProperty(name, value.get());
        } else {
            out.writeNullProperty(name);
        }
        return this;
    }

    Json object(String name, Consumer<Json> content) {
        out.writeName(name);
        braces(content);
        return this;
    }

    Json texts(String name, Map<String, String> values) {
        return object(name, o -> values.forEach(o::field));
    }

    /** An array of the values' texts. */
    Json texts(String name, Iterable<?> values) {
        out.writeArrayPropertyStart(name);
        values.forEach(v -> out.writeString(String.valueOf(v)));
        out.writeEndArray();
        return this;
    }

    /** An array of objects. */
    <T> Json objects(String name, Iterable<? extends T> values, BiConsumer<Json, T> content) {
        out.writeArrayPropertyStart(name);
        values.forEach(v -> braces(o -> content.accept(o, v)));
        out.writeEndArray();
        return this;
    }

    private void braces(Consumer<Json> content) {
        out.writeStartObject();
        content.accept(this);
        out.writeEndObject();
    }
}
