package dev.varve.app.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.varve.domain.digest.Digest;

/** The files of an image that is being made, as a directory or as a tar (POSIX.1-1988 ustar). */
final class ImageFiles {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(char type, byte[] content, String target) {}

    ImageFiles file(String name, byte[] content) {
        entries.put(name, new Entry('0', content, ""));
        return this;
    }

    ImageFiles file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    ImageFiles symlink(String name, String target) {
        entries.put(name, new Entry('2', new byte[0], target));
        return this;
    }

    ImageFiles hardLink(String name, String target) {
        entries.put(name, new Entry('1', new byte[0], target));
        return this;
    }

    ImageFiles without(String name) {
        entries.remove(name);
        return this;
    }

    byte[] get(String name) {
        return entries.get(name).content();
    }

    ImageFiles addAll(ImageFiles other) {
        entries.putAll(other.entries);
        return this;
    }

    /** Adds the bytes as a blob of an OCI layout. @return its descriptor */
    String blob(String mediaType, byte[] content, String more) {
        Digest digest = Digest.sha256(content);
        file("blobs/sha256/" + digest.hex(), content);
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}".formatted(mediaType, digest, content.length,
                more);
    }

    Path writeTo(Path directory) throws IOException {
        for (Map.Entry<String, Entry> e : entries.entrySet()) {
            Path file = directory.resolve(e.getKey());
            Files.createDirectories(file.getParent());
            Entry entry = e.getValue();
            switch (entry.type()) {
                case '1' -> Files.createLink(file, directory.resolve(entry.target()));
                case '2' -> Files.createSymbolicLink(file, Path.of(entry.target()));
                default -> Files.write(file, entry.content());
            }
        }
        return directory;
    }

    byte[] tar() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        entries.forEach((name, entry) -> {
            out.writeBytes(header(name, entry));
            out.writeBytes(entry.content());
            out.writeBytes(new byte[-entry.content().length & 511]);
        });
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static byte[] header(String name, Entry entry) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(header, 124, "%011o\0%011o\0        %c".formatted(entry.content().length, 0, entry.type()));
        put(header, 157, entry.target());
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
