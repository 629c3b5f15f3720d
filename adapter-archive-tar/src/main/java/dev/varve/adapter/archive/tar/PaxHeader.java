package dev.varve.adapter.archive.tar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import dev.varve.domain.tree.Xattrs;

/** The records of one PAX header that is written, in the order of their keywords' bytes. Values are bytes. */
final class PaxHeader {
    private static final String DIRECTORY = "PaxHeaders.0/";
    private final TreeMap<String, byte[]> records = new TreeMap<>();

    boolean isEmpty() {
        return records.isEmpty();
    }

    void add(String key, String value) {
        records.put(key, value.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * A path or link. PAX says UTF-8 unless {@code hdrcharset} says {@code BINARY}, which also sorts before both.
     *
     * @throws IllegalArgumentException if it holds a NUL
     */
    void addName(String key, byte[] name) {
        for (byte b : name) {
            if (b == 0) {
                throw new IllegalArgumentException("a name with a NUL");
            }
        }
        records.put(key, name);
        if (!isUtf8(name)) {
            add("hdrcharset", "BINARY");
        }
    }

    /** The value if the field holds it; otherwise adds a record, and the field gets 0. */
    long octalOrRecord(String key, long value, long max) {
        if (value <= max) {
            return value;
        }
        add(key, Long.toString(value));
        return 0;
    }

    /** @throws IllegalArgumentException if a name is empty, or holds a NUL or what is no byte */
    void addXattrs(Xattrs xattrs) {
        for (String name : xattrs.names()) {
            if (name.isEmpty() || name.chars().anyMatch(c -> c == 0 || c > 0xff)) {
                throw new IllegalArgumentException("not a name of an extended attribute");
            }
            records.put(PaxRecords.XATTR + XattrKeyword.toSchily(name), xattrs.value(name));
        }
    }

    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            byte[] key = record.getKey().getBytes(StandardCharsets.ISO_8859_1);
            byte[] length = length(key.length + record.getValue().length + 3L).getBytes(StandardCharsets.US_ASCII);
            out.writeBytes(length);
            out.write(' ');
            out.writeBytes(key);
            out.write('=');
            out.writeBytes(record.getValue());
            out.write('\n');
        }
        return out.toByteArray();
    }

    /** The length of a record counts its own digits. @param rest without them */
    private static String length(long rest) {
        String text = Long.toString(rest);
        while (Long.parseLong(text) != rest + text.length()) {
            text = Long.toString(rest + text.length());
        }
        return text;
    }

    /** The name of the header's own block, of characters that every reader takes: from the last part of the path. */
    static byte[] nameFor(byte[] path) {
        int end = path.length;
        while (end > 0 && path[end - 1] == '/') {
            end--;
        }
        int start = end;
        while (start > 0 && path[start - 1] != '/') {
            start--;
        }
        int length = Math.min(end - start, UstarHeader.NAME_LENGTH - DIRECTORY.length());
        byte[] name = new byte[DIRECTORY.length() + length];
        for (int i = 0; i < DIRECTORY.length(); i++) {
            name[i] = (byte) DIRECTORY.charAt(i);
        }
        for (int i = 0; i < length; i++) {
            byte b = path[start + i];
            name[DIRECTORY.length() + i] = b > ' ' && b < 127 ? b : (byte) '_';
        }
        return name;
    }

    private static boolean isUtf8(byte[] name) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
