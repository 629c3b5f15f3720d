package dev.varve.it;

import java.util.TreeMap;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads a JSON document, strictly, into its values by their paths, such as {@code layers/0/id}. */
final class FlatJson {
    private static final JsonFactory FACTORY = new JsonFactory();
    private final TreeMap<String, String> values = new TreeMap<>();

    private FlatJson() {}

    /** Throws unless the bytes are exactly one document. */
    static TreeMap<String, String> parse(byte[] bytes) {
        FlatJson json = new FlatJson();
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            json.value(parser, parser.nextToken(), "");
            JsonToken after = parser.nextToken();
            if (after != null) {
                throw new AssertionError("more than one document: " + after);
            }
        }
        return json.values;
    }

    private void value(JsonParser parser, JsonToken first, String path) {
        if (first == null) {
            throw new AssertionError("no JSON document");
        }
        switch (first) {
            case START_OBJECT -> {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    value(parser, parser.nextToken(), below(path, name));
                }
            }
            case START_ARRAY -> {
                int i = 0;
                for (JsonToken next; (next = parser.nextToken()) != JsonToken.END_ARRAY; i++) {
                    value(parser, next, below(path, Integer.toString(i)));
                }
            }
            default -> values.put(path, parser.getString());
        }
    }

    private static String below(String path, String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }
}
