package dev.varve.testkit.tree;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds tar archives block by block, knowing nothing of what Varve's own writer does: so a test can hold one against the
 * other, and can build what no honest writer would. Names are taken as they are, in UTF-8; one that a header has no room
 * for goes before it as a PAX record.
 */
public final class TarBuilder {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An archive without entries. */
    public TarBuilder() {}

    /** A directory of mode 0755 that belongs to root, from second 1000. */
    public TarBuilder directory(String name) {
        return entry(name, '5', 0755, 0, 0, 1000, "", new byte[0]);
    }

    /** A regular file of mode 0644 that belongs to root, from second 1000. */
    public TarBuilder file(String name, String content) {
        return entry(name, '0', 0644, 0, 0, 1000, "", content.getBytes(StandardCharsets.UTF_8));
    }

    public TarBuilder symlink(String name, String target) {
        return entry(name, '2', 0777, 0, 0, 1000, target, new byte[0]);
    }

    public TarBuilder hardLink(String name, String target) {
        return entry(name, '1', 0644, 0, 0, 1000, target, new byte[0]);
    }

    /** The whiteout of {@code name} in {@code directory}, which is "" or ends in a slash. */
    public TarBuilder whiteout(String directory, String name) {
        return entry(directory + ".wh." + name, '0', 0644, 0, 0, 0, "", new byte[0]);
    }

    /** Makes {@code directory} opaque, which is "" or ends in a slash. */
    public TarBuilder opaque(String directory) {
        return entry(directory + ".wh..wh..opq", '0', 0644, 0, 0, 0, "", new byte[0]);
    }

    /** A PAX record for the entry that follows, such as {@code SCHILY.xattr.user.x} or {@code mtime}. */
    public TarBuilder pax(String key, byte[] value) {
        int body = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
        int length = body + Integer.toString(body).length();
        length = body + Integer.toString(length).length();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
        record.writeBytes(value);
        record.write('\n');
        return entry("PaxHeaders/x", 'x', 0644, 0, 0, 0, "", record.toByteArray());
    }

    /** A device of mode 0600 that belongs to root. @param type {@code 3} of characters, {@code 4} of blocks */
    public TarBuilder device(String name, char type, int major, int minor) {
        return entry(name, type, 0600, 0, 0, 1000, "", new byte[0], major, minor);
    }

    /** Any entry; a device has the number 0:0. */
    public TarBuilder entry(String name, char type, int mode, int uid, int gid, long mtime, String link,
            byte[] content) {
        return entry(name, type, mode, uid, gid, mtime, link, content, 0, 0);
    }

    private TarBuilder entry(String name, char type, int mode, int uid, int gid, long mtime, String link,
            byte[] content, int major, int minor) {
        byte[] nameField = fitting("path", name);
        byte[] linkField = fitting("linkpath", link);
        byte[] header = new byte[BLOCK];
        put(header, 0, NAME_BYTES, nameField);
        octal(header, 100, 8, mode);
        octal(header, 108, 8, uid);
        octal(header, 116, 8, gid);
        octal(header, 124, 12, content.length);
        octal(header, 136, 12, mtime);
        header[156] = (byte) type;
        put(header, 157, NAME_BYTES, linkField);
        put(header, 257, 8, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        octal(header, 329, 8, major);
        octal(header, 337, 8, minor);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 7, sum);
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    /** The archive as it is so far, with its end. */
    public byte[] build() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    /** What stands in the header for a value that is written before it, whole, where it does not fit. */
    private byte[] fitting(String key, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= NAME_BYTES) {
            return bytes;
        }
        pax(key, bytes);
        return Arrays.copyOf(bytes, NAME_BYTES);
    }

    private static void put(byte[] header, int at, int room, byte[] value) {
        if (value.length > room) {
            throw new IllegalArgumentException(value.length + " bytes do not fit " + room);
        }
        System.arraycopy(value, 0, header, at, value.length);
    }

    private static void octal(byte[] header, int at, int room, long value) {
        String digits = Long.toOctalString(value);
        put(header, at, room - 1,
                ("0".repeat(room - 1 - digits.length()) + digits).getBytes(StandardCharsets.US_ASCII));
    }
}
