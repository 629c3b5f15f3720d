package dev.varve.adapter.store.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeasePurpose;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.layer.Usage;
import tools.jackson.core.JsonGenerator;

/**
 * Records as bytes. Each is one line of JSON in an envelope with the CRC-32C of the record's own bytes (from its first
 * brace to its last), so that a damaged record is told from a readable one:
 *
 * <pre>
 * {"crc32c":"0a1b2c3d","record":RECORD}
 * layer  {"number":17,"id":"…","kind":"ACTIVE|VIEW|COMMITTED","form":"DELTA|FULL","parent":16,"labels":{"…":"…"},"created":"…","updated":"…",
 *         "usage":{"size":1,"allocated":4096,"inodes":1},"diffId":"sha256:…"}
 * image  {"config":"sha256:…","names":["…"],"diffIds":["sha256:…"],"top":17,"created":"…"}
 * leases [{"layer":17,"token":"…","pid":1,"bootId":"…","purpose":"ROOT|RESERVATION","access":"READ_WRITE|READ_ONLY","since":"…"}]
 * next   65
 * </pre>
 *
 * Encoding throws IllegalArgumentException for a string that holds half a surrogate pair. Times are ISO 8601 in UTC with
 * nanoseconds. {@code parent}, {@code usage}, {@code diffId} and {@code top} are left out
 * where there is none.
 */
final class RecordCodec {
    static final String DAMAGE_HINT = "the disk or another program has damaged the store; restore this file from a "
            + "backup, or remove it to give up what it describes";
    private static final String OPENING = "{\"crc32c\":\"";
    private static final String MIDDLE = "\",\"record\":";
    private static final int BODY = OPENING.length() + 8 + MIDDLE.length();
    private static final String CLOSING = "}\n";

    private RecordCodec() {}

    static byte[] encode(LayerRecord layer) {
        return seal(json -> {
            json.writeStartObject();
            json.writeNumberProperty("number", layer.number().value());
            json.writeStringProperty("id", layer.id().value());
            json.writeStringProperty("kind", layer.kind().name());
            json.writeStringProperty("form", layer.form().name());
            layer.parent().ifPresent(parent -> json.writeNumberProperty("parent", parent.value()));
            json.writeObjectPropertyStart("labels");
            layer.labels().forEach((key, value) -> json.writeStringProperty(Json.text(key), Json.text(value)));
            json.writeEndObject();
            json.writeStringProperty("created", layer.created().toString());
            json.writeStringProperty("updated", layer.updated().toString());
            layer.usage().ifPresent(usage -> {
                json.writeObjectPropertyStart("usage");
                json.writeNumberProperty("size", usage.size());
                json.writeNumberProperty("allocated", usage.allocated());
                json.writeNumberProperty("inodes", usage.inodes());
                json.writeEndObject();
            });
            layer.diffId().ifPresent(diffId -> json.writeStringProperty("diffId", diffId.toString()));
            json.writeEndObject();
        });
    }

    static LayerRecord layer(byte[] bytes, String file, LayerNumber expected) throws BadDataException {
        return open(bytes, file, Json.Fields.class, fields -> {
            LayerRecord layer = LayerRecord.restore(new LayerNumber(fields.take("number", Long.class)),
                    new LayerId(fields.take("id", String.class)), LayerKind.valueOf(fields.take("kind", String.class)),
                    TreeForm.valueOf(fields.take("form", String.class)),
                    fields.takeIfPresent("parent", Long.class).map(LayerNumber::new),
                    fields.take("labels", Json.Fields.class).takeStrings(), time(fields, "created"),
                    time(fields, "updated"), fields.takeIfPresent("usage", Json.Fields.class).map(RecordCodec::usage),
                    fields.takeIfPresent("diffId", String.class).map(DiffId::parse));
            fields.requireEmpty();
            require(layer.number().equals(expected), "it is the record of layer " + layer.number());
            return layer;
        });
    }

    private static Usage usage(Json.Fields fields) {
        Usage usage = new Usage(fields.take("size", Long.class), fields.take("allocated", Long.class),
                fields.take("inodes", Long.class));
        fields.requireEmpty();
        return usage;
    }

    static byte[] encode(ImageRecord image) {
        return seal(json -> {
            json.writeStartObject();
            json.writeStringProperty("config", image.config().toString());
            json.writeArrayPropertyStart("names");
            image.names().forEach(name -> json.writeString(Json.text(name)));
            json.writeEndArray();
            json.writeArrayPropertyStart("diffIds");
            image.diffIds().forEach(diffId -> json.writeString(diffId.toString()));
            json.writeEndArray();
            image.topLayer().ifPresent(top -> json.writeNumberProperty("top", top.value()));
            json.writeStringProperty("created", image.created().toString());
            json.writeEndObject();
        });
    }

    static ImageRecord image(byte[] bytes, String file, Digest expected) throws BadDataException {
        return open(bytes, file, Json.Fields.class, fields -> {
            Digest config = Digest.parse(fields.take("config", String.class));
            List<String> names = fields.takeStrings("names");
            List<DiffId> diffIds = fields.takeStrings("diffIds").stream().map(DiffId::parse).toList();
            Optional<LayerNumber> top = fields.takeIfPresent("top", Long.class).map(LayerNumber::new);
            ImageRecord image = new ImageRecord(config, names, diffIds, top.orElse(null), time(fields, "created"));
            fields.requireEmpty();
            require(config.equals(expected), "it is the record of image " + config);
            return image;
        });
    }

    static byte[] encode(List<LeaseRecord> leases) {
        return seal(json -> {
            json.writeStartArray();
            for (LeaseRecord lease : leases) {
                json.writeStartObject();
                json.writeNumberProperty("layer", lease.layer().value());
                json.writeStringProperty("token", Json.text(lease.token()));
                json.writeNumberProperty("pid", lease.pid());
                json.writeStringProperty("bootId", Json.text(lease.bootId()));
                json.writeStringProperty("purpose", lease.purpose().name());
                json.writeStringProperty("access", lease.access().name());
                json.writeStringProperty("since", lease.since().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static List<LeaseRecord> leases(byte[] bytes, String file, LayerNumber expected) throws BadDataException {
        return open(bytes, file, List.class, values -> {
            List<LeaseRecord> leases = new ArrayList<>();
            for (Object value : values) {
                require(value instanceof Json.Fields, "a lease that is no object");
                leases.add(lease((Json.Fields) value, expected));
            }
            return leases;
        });
    }

    private static LeaseRecord lease(Json.Fields fields, LayerNumber expected) {
        LeaseRecord lease = new LeaseRecord(new LayerNumber(fields.take("layer", Long.class)),
                fields.take("token", String.class), fields.take("pid", Long.class), fields.take("bootId", String.class),
                LeasePurpose.valueOf(fields.take("purpose", String.class)),
                Access.valueOf(fields.take("access", String.class)), time(fields, "since"));
        fields.requireEmpty();
        require(lease.layer().equals(expected), "it is a lease on layer " + lease.layer());
        return lease;
    }

    static byte[] encode(long number) {
        return seal(json -> json.writeNumber(number));
    }

    static long number(byte[] bytes, String file) throws BadDataException {
        return open(bytes, file, Long.class, Function.identity());
    }

    private static Instant time(Json.Fields fields, String name) {
        try {
            return Instant.parse(fields.take(name, String.class));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("field " + name + " is no time", e);
        }
    }

    private static void require(boolean condition, String contradiction) {
        if (!condition) {
            throw new IllegalArgumentException(contradiction);
        }
    }

    private static byte[] seal(Consumer<JsonGenerator> record) {
        byte[] body = Json.write(record);
        byte[] sealed = new byte[BODY + body.length + CLOSING.length()];
        byte[] opening = (OPENING + checksum(body, 0, body.length) + MIDDLE).getBytes(US_ASCII);
        System.arraycopy(opening, 0, sealed, 0, BODY);
        System.arraycopy(body, 0, sealed, BODY, body.length);
        System.arraycopy(CLOSING.getBytes(US_ASCII), 0, sealed, BODY + body.length, CLOSING.length());
        return sealed;
    }

    private static <J, T> T open(byte[] bytes, String file, Class<J> kind, Function<J, T> meaning)
            throws BadDataException {
        int length = bytes.length - BODY - CLOSING.length();
        try {
            require(length > 0, "it is too short: " + bytes.length + " bytes");
            String opening = OPENING + checksum(bytes, BODY, length) + MIDDLE;
            require(Arrays.equals(bytes, 0, BODY, opening.getBytes(US_ASCII), 0, BODY) && Arrays.equals(bytes,
                    BODY + length, bytes.length, CLOSING.getBytes(US_ASCII), 0, CLOSING.length()),
                    "its checksum does not fit its content");
            Object value = Json.read(bytes, BODY, length);
            require(kind.isInstance(value), "it holds something else");
            return meaning.apply(kind.cast(value));
        } catch (IllegalArgumentException e) {
            throw new BadDataException(file + " is damaged: " + e.getMessage(), DAMAGE_HINT, e);
        }
    }

    private static String checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
