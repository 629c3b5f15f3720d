package dev.varve.domain.path;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Printing of bytes that came from a layer or a user, so that they can neither break a line nor steer a terminal. */
public final class Names {
    private Names() {}

    /**
     * The bytes as text: valid UTF-8 as it is; control characters, backslashes and bytes that are not UTF-8 as
     * {@code \xNN}. Unambiguous: two different names never print alike.
     */
    public static String printable(byte[] bytes) {
        boolean plain = true;
        for (byte b : bytes) {
            if (b < ' ' || b == '\\' || b == 127) {
                plain = false;
                break;
            }
        }
        if (plain) {
            return new String(bytes, StandardCharsets.US_ASCII);
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < bytes.length) {
            int length = sequenceLength(bytes[at]);
            String decoded = length <= bytes.length - at ? decode(bytes, at, length) : "";
            if (decoded.isEmpty() || mustEscape(decoded.codePointAt(0))) {
                int n = decoded.isEmpty() ? 1 : length;
                for (int i = 0; i < n; i++) {
                    out.append(String.format("\\x%02x", bytes[at + i]));
                }
                at += n;
            } else {
                out.append(decoded);
                at += length;
            }
        }
        return out.toString();
    }

    private static boolean mustEscape(int c) {
        return c == '\\' || Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == 0x2028
                || c == 0x2029;
    }

    private static int sequenceLength(byte first) {
        int b = first & 0xff;
        return b < 0x80 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
    }

    private static String decode(byte[] bytes, int at, int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, at, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }
}
