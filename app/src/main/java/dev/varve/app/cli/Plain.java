package dev.varve.app.cli;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Text for people, made so that it can neither steer a terminal nor break a line. */
final class Plain {
    private Plain() {}

    /**
     * The text with control and format characters (bidirectional overrides among them) as {@code \xNN} per byte. Names from
     * layers come escaped in the same way and pass unchanged; ids, labels and messages are made safe here.
     */
    static String line(String text) {
        if (text.codePoints().noneMatch(Plain::isUnsafe)) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> append(safe, c));
        return safe.toString();
    }

    private static void append(StringBuilder safe, int c) {
        if (!isUnsafe(c)) {
            safe.appendCodePoint(c);
            return;
        }
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            safe.append("\\x").append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
    }

    private static boolean isUnsafe(int c) {
        return c < ' ' || c >= 127 && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || c == 0x2028 || c == 0x2029);
    }

    /** Bytes for a person: three digits and a decimal unit. */
    static String bytes(long count) {
        if (count < 1000) {
            return count + " B";
        }
        double value = count;
        int unit = -1;
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 9.95 ? "%.1f %cB" : "%.0f %cB", value, "kMGTPE".charAt(unit));
    }

    /** A number and its noun, whose plural takes an s: {@code 1 layer}, {@code 2 layers}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    /** The beginning of a digest, enough to tell it from others; all of what is no digest. */
    static String shortened(String id) {
        return id.startsWith("sha256:") && id.length() == 71 ? id.substring(7, 19) : id;
    }
}
