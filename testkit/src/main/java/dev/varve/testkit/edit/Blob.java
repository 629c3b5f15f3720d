package dev.varve.testkit.edit;

import java.util.HexFormat;
import java.util.Random;

/** Bytes that print. Immutable. */
public final class Blob {
    private static final int SHOWN = 24;
    private final byte[] bytes;

    private Blob(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Blob of(byte[] bytes) {
        return new Blob(bytes.clone());
    }

    static Blob random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new Blob(bytes);
    }

    /** A copy of them. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return bytes.length <= SHOWN ? HexFormat.of().formatHex(bytes)
                : HexFormat.of().formatHex(bytes, 0, SHOWN) + "… (" + bytes.length + " bytes)";
    }
}
