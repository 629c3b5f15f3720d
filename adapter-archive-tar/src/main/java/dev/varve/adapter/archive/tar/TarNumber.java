package dev.varve.adapter.archive.tar;

/** Numbers in the fields of a header. A malformed one is an {@link IllegalArgumentException} that names the field. */
final class TarNumber {
    private TarNumber() {}

    /** As {@link #number}, and not negative. */
    static long natural(byte[] b, int at, int length, String field) {
        long value = number(b, at, length, field);
        if (value < 0) {
            throw new IllegalArgumentException("negative " + field);
        }
        return value;
    }

    /**
     * A number in octal between blanks, ended by the first NUL after it; or, if the first bit is set, a two's
     * complement number of the other bits (GNU tar manual, "Large values"). An empty field is 0.
     */
    static long number(byte[] b, int at, int length, String field) {
        int end = at + length;
        if (b[at] < 0) {
            return binary(b, at, end, field);
        }
        int i = at;
        while (i < end && (b[i] == ' ' || b[i] == 0)) {
            i++;
        }
        long value = 0;
        while (i < end && b[i] >= '0' && b[i] <= '7') {
            value = value << 3 | b[i++] - '0';
        }
        while (i < end && b[i] == ' ') {
            i++;
        }
        if (i < end && b[i] != 0) {
            throw new IllegalArgumentException("the " + field + " is not a number");
        }
        return value;
    }

    private static long binary(byte[] b, int at, int end, String field) {
        boolean negative = (b[at] & 0x40) != 0;
        int invert = negative ? 0xff : 0;
        long value = (b[at] & 0xff ^ invert) & 0x3f;
        for (int i = at + 1; i < end; i++) {
            if (value >>> 55 != 0) {
                throw new IllegalArgumentException("the " + field + " does not fit 63 bits");
            }
            value = value << 8 | b[i] & 0xff ^ invert;
        }
        return negative ? ~value : value;
    }

    /** In octal, or in base 256 if that does not hold it. */
    static void numeric(byte[] b, int at, int length, long value) {
        if (value >= 0 && value < 1L << 3 * (length - 1)) {
            octal(b, at, length, value);
            return;
        }
        long left = value;
        for (int i = at + length - 1; i >= at; i--) {
            b[i] = (byte) left;
            left >>= 8;
        }
        b[at] |= (byte) 0x80;
    }

    /** In octal and a NUL, which take all of the field. */
    static void octal(byte[] b, int at, int length, long value) {
        long left = value;
        for (int i = at + length - 2; i >= at; i--) {
            b[i] = (byte) ('0' + (left & 7));
            left >>= 3;
        }
        b[at + length - 1] = 0;
    }
}
