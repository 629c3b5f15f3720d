package dev.varve.app.image;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.error.BadDataException;

/**
 * Puts one more layer into the configuration of an image (OCI image specification, config.md). Copied token by token:
 * members that are not known here stay, in their order, numbers to the digit.
 */
final class ConfigEdit {
    private static final String CREATED_BY = "varve image commit";
    private final JsonParser in;
    private final JsonGenerator out;
    private final DiffId layer;
    private final String now;
    private final Optional<String> author;
    private final Optional<String> comment;

    private ConfigEdit(JsonParser in, JsonGenerator out, DiffId layer, Instant now, Optional<String> author,
            Optional<String> comment) {
        this.in = in;
        this.out = out;
        this.layer = layer;
        this.now = now.toString();
        this.author = author;
        this.comment = comment;
    }

    /**
     * The configuration with the layer on top of its others, and what the history is to say of it.
     *
     * @param config a valid configuration
     */
    static byte[] withLayer(byte[] config, DiffId layer, Instant now, Optional<String> author, Optional<String> comment)
            throws BadDataException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonParser in = Json.FACTORY.createParser(ObjectReadContext.empty(), config);
                JsonGenerator out = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            new ConfigEdit(in, out, layer, now, author, comment).run();
        } catch (JacksonException e) {
            throw new BadDataException(
                    "the configuration of the image is malformed: " + Json.printable(e.getOriginalMessage()), "", e);
        }
        return bytes.toByteArray();
    }

    private void run() {
        boolean created = false;
        boolean history = false;
        in.nextToken();
        out.writeStartObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            out.writeName(name);
            JsonToken value = in.nextToken();
            switch (name) {
                case "created" -> {
                    created = true;
                    in.skipChildren();
                    out.writeString(now);
                }
                case "history" -> {
                    history = true;
                    appended(value, this::entry);
                }
                case "rootfs" -> rootfs();
                default -> copy();
            }
        }
        if (!created) {
            out.writeStringProperty("created", now);
        }
        if (!history) {
            out.writeName("history");
            appended(JsonToken.VALUE_NULL, this::entry);
        }
        out.writeEndObject();
    }

    private void rootfs() {
        boolean layers = false;
        out.writeStartObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            out.writeName(name);
            JsonToken value = in.nextToken();
            if (name.equals("diff_ids")) {
                layers = true;
                appended(value, this::diffId);
            } else {
                copy();
            }
        }
        if (!layers) {
            out.writeName("diff_ids");
            appended(JsonToken.VALUE_NULL, this::diffId);
        }
        out.writeEndObject();
    }

    /** Copies an array, or what stands for an empty one, and puts one more item at its end. */
    private void appended(JsonToken array, Runnable item) {
        out.writeStartArray();
        if (array == JsonToken.START_ARRAY) {
            while (in.nextToken() != JsonToken.END_ARRAY) {
                copy();
            }
        }
        item.run();
        out.writeEndArray();
    }

    private void diffId() {
        out.writeString(layer.toString());
    }

    private void entry() {
        out.writeStartObject();
        out.writeStringProperty("created", now);
        out.writeStringProperty("created_by", CREATED_BY);
        author.ifPresent(a -> out.writeStringProperty("author", a));
        comment.ifPresent(c -> out.writeStringProperty("comment", c));
        out.writeEndObject();
    }

    /** Copies the value that begins with the current token. Its depth has a limit. */
    private void copy() {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            switch (token) {
                case START_OBJECT -> out.writeStartObject();
                case END_OBJECT -> out.writeEndObject();
                case START_ARRAY -> out.writeStartArray();
                case END_ARRAY -> out.writeEndArray();
                case PROPERTY_NAME -> out.writeName(in.currentName());
                case VALUE_STRING -> out.writeString(in.getString());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(in.getString());
                case VALUE_TRUE -> out.writeBoolean(true);
                case VALUE_FALSE -> out.writeBoolean(false);
                case VALUE_NULL -> out.writeNull();
                case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                        throw new IllegalStateException("the parser gave " + token + " as a value");
            }
            if (depth > 0) {
                in.nextToken();
            }
        } while (depth > 0);
    }
}
