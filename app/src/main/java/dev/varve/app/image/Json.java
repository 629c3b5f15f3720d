package dev.varve.app.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.path.Names;

/**
 * A value of a JSON document, which knows where it stands so that errors can say it. A member that is {@code null} is
 * absent. Documents are refused that are nested deeper than 100, hold more than 500,000 tokens, or have a member twice:
 * readers would disagree on which one counts.
 */
final class Json {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxTokenCount(500_000)
                    .maxStringLength(4 << 20)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String document;
    private final String position;
    private final Value value;

    private Json(String document, String position, Value value) {
        this.document = document;
        this.position = position;
        this.value = value;
    }

    private sealed interface Value {}

    private record Members(Map<String, Value> byName) implements Value {}

    private record Items(List<Value> list) implements Value {}

    private record Text(String text) implements Value {}

    private record Number(String digits) implements Value {}

    private enum Literal implements Value {
        TRUE, FALSE, NULL
    }

    /** @param document what the document is, for messages */
    static Json parse(String document, byte[] bytes) throws BadDataException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new BadDataException(document + " is empty", "");
            }
            Value value = read(parser, first);
            if (parser.nextToken() != null) {
                throw new BadDataException(document + " is not one JSON value: more follows it", "");
            }
            return new Json(document, "", value);
        } catch (JacksonException e) {
            // A limit that was passed has no location.
            TokenStreamLocation at = e.getLocation();
            throw new BadDataException(
                    document + " is malformed: " + printable(e.getOriginalMessage())
                            + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"),
                    "", e);
        }
    }

    private static Value read(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Value> members = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    members.put(name, read(parser, parser.nextToken()));
                }
                yield new Members(members);
            }
            case START_ARRAY -> {
                List<Value> items = new ArrayList<>();
                for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
                    items.add(read(parser, t));
                }
                yield new Items(items);
            }
            case VALUE_STRING -> new Text(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Number(parser.getString());
            case VALUE_TRUE -> Literal.TRUE;
            case VALUE_FALSE -> Literal.FALSE;
            case VALUE_NULL -> Literal.NULL;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IllegalStateException("the parser gave " + token + " as a value");
        };
    }

    /** The member, which must be there. */
    Json at(String name) throws BadDataException {
        return find(name).orElseThrow(() -> new BadDataException(document + ": " + member(name) + " is missing", ""));
    }

    /** The member, if it is there. */
    Optional<Json> find(String name) throws BadDataException {
        if (!(value instanceof Members members)) {
            throw unlike("an object");
        }
        Value found = members.byName.get(name);
        return found == null || found == Literal.NULL ? Optional.empty()
                : Optional.of(new Json(document, member(name), found));
    }

    /** The items of the array that the member is; none if it is absent or null, as empty lists are that Go wrote. */
    List<Json> items(String name) throws BadDataException {
        Optional<Json> array = find(name);
        return array.isPresent() ? array.get().items() : List.of();
    }

    List<Json> items() throws BadDataException {
        if (!(value instanceof Items items)) {
            throw unlike("an array");
        }
        List<Json> list = new ArrayList<>();
        for (Value item : items.list) {
            list.add(new Json(document, position + "[" + list.size() + "]", item));
        }
        return list;
    }

    String text() throws BadDataException {
        if (!(value instanceof Text text)) {
            throw unlike("a string");
        }
        return text.text;
    }

    /** The value as a count of bytes. */
    long size() throws BadDataException {
        try {
            if (value instanceof Number number) {
                long size = Long.parseLong(number.digits);
                if (size >= 0) {
                    return size;
                }
            }
        } catch (NumberFormatException e) {
            throw new BadDataException(document + ": " + where() + " is not a whole number that fits", "", e);
        }
        throw unlike("a number from 0 on");
    }

    Digest digest() throws BadDataException {
        try {
            return Digest.parse(text());
        } catch (IllegalArgumentException e) {
            throw error("is not a digest: " + printable(text()));
        }
    }

    /** An error about this value. @param problem as the end of a sentence that begins with where the value stands */
    BadDataException error(String problem) {
        return new BadDataException(message(problem), "");
    }

    /** The message of such an error. */
    String message(String problem) {
        return document + ": " + where() + " " + problem;
    }

    private BadDataException unlike(String wanted) {
        return error("is not " + wanted);
    }

    private String where() {
        return position.isEmpty() ? "it" : position;
    }

    private String member(String name) {
        return position.isEmpty() ? name : position + "." + name;
    }

    /** Text of a document as it may be shown. */
    static String printable(String text) {
        String shown = Names.printable(text.getBytes(StandardCharsets.UTF_8));
        return shown.length() > 300 ? shown.substring(0, 300) + "…" : shown;
    }
}
