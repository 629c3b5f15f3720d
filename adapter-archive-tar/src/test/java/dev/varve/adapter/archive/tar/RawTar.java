package dev.varve.adapter.archive.tar;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds archives block by block, right and wrong ones. */
final class RawTar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** One header block; fields are set by offset, and the checksum at the end. */
    static final class Header {
        final byte[] b = new byte[512];

        Header(char type, String name, long size) {
            text(0, name);
            octal(100, 8, 0644);
            octal(108, 8, 0);
            octal(116, 8, 0);
            octal(124, 12, size);
            octal(136, 12, 0);
            b[156] = (byte) type;
            text(257, "ustar\00000");
        }

        Header gnu() {
            return text(257, "ustar  \0");
        }

        Header v7() {
            Arrays.fill(b, 257, 265, (byte) 0);
            return this;
        }

        Header link(String target) {
            return text(157, target);
        }

        Header text(int at, String value) {
            byte[] bytes = Tars.ascii(value);
            System.arraycopy(bytes, 0, b, at, bytes.length);
            return this;
        }

        Header bytes(int at, int... values) {
            for (int i = 0; i < values.length; i++) {
                b[at + i] = (byte) values[i];
            }
            return this;
        }

        Header octal(int at, int length, long value) {
            return text(at,
                    ("0".repeat(length) + Long.toOctalString(value)).substring(Long.toOctalString(value).length() + 1)
                            + "\0");
        }

        byte[] sealed() {
            Arrays.fill(b, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte value : b) {
                sum += value & 0xff;
            }
            octal(148, 7, sum);
            return b;
        }
    }

    static Header header(char type, String name, long size) {
        return new Header(type, name, size);
    }

    RawTar add(Header header) {
        out.writeBytes(header.sealed());
        return this;
    }

    /** Content with the padding after it. */
    RawTar content(byte[] bytes) {
        out.writeBytes(bytes);
        out.writeBytes(new byte[-bytes.length & 511]);
        return this;
    }

    RawTar content(String text) {
        return content(Tars.ascii(text));
    }

    RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** A PAX header of these records, each "key=value". */
    RawTar pax(char type, String... records) {
        StringBuilder all = new StringBuilder();
        for (String record : records) {
            all.append(record(record));
        }
        return add(header(type, "PaxHeaders.0/x", all.length())).content(all.toString());
    }

    static String record(String keyAndValue) {
        int length = keyAndValue.length() + 3;
        while (String.valueOf(length).length() + keyAndValue.length() + 2 != length) {
            length++;
        }
        return length + " " + keyAndValue + "\n";
    }

    RawTar file(String name, String content) {
        return add(header('0', name, content.length())).content(content);
    }

    byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    byte[] withoutEnd() {
        return out.toByteArray();
    }
}
