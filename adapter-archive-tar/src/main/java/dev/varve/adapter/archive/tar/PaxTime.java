package dev.varve.adapter.archive.tar;

import java.time.DateTimeException;
import java.time.Instant;

/** Times as PAX writes them: decimal seconds with any number of digits after the point, negative before 1970. */
final class PaxTime {
    private static final int NANO_DIGITS = 9;

    private PaxTime() {}

    /** The time, rounded down to a nanosecond. @throws IllegalArgumentException if it is none, or out of range */
    static Instant parse(byte[] b, int from, int to) {
        boolean negative = from < to && b[from] == '-';
        int start = negative ? from + 1 : from;
        int point = start;
        while (point < to && b[point] != '.') {
            point++;
        }
        long seconds = PaxRecords.decimal(b, start, point, "mtime");
        long nanos = 0;
        boolean finer = false;
        for (int i = point + 1; i < Math.max(to, point + 1 + NANO_DIGITS); i++) {
            int digit = i < to ? b[i] - '0' : 0;
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("the mtime is not a number");
            }
            if (i <= point + NANO_DIGITS) {
                nanos = nanos * 10 + digit;
            } else {
                finer |= digit != 0;
            }
        }
        return negative ? of(-seconds, -nanos - (finer ? 1 : 0)) : of(seconds, nanos);
    }

    /** @throws IllegalArgumentException if no {@link Instant} is so far away */
    static Instant of(long seconds, long nanos) {
        if (seconds == 0 && nanos == 0) {
            return Instant.EPOCH;
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("the mtime is out of range", e);
        }
    }

    /** The shortest text that {@link #parse} reads as this time. */
    static String format(Instant time) {
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        String digits = Integer.toString((negative ? 1_000_000_000 - nanos : nanos) + 1_000_000_000).substring(1);
        int length = NANO_DIGITS;
        while (digits.charAt(length - 1) == '0') {
            length--;
        }
        return (negative ? "-" : "") + whole + "." + digits.substring(0, length);
    }
}
