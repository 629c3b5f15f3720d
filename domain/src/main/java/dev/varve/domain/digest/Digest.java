package dev.varve.domain.digest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A content digest, {@code algorithm:hex}, as the OCI image specification writes it (descriptor.md, "Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex       lower-case hexadecimal digits, as many as the algorithm gives
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
    /** @throws IllegalArgumentException if the algorithm is unknown or the digits do not fit it */
    public Digest {
        int digits = switch (algorithm) {
            case "sha256" -> 64;
            case "sha512" -> 128;
            default -> throw new IllegalArgumentException("unknown digest algorithm: " + algorithm);
        };
        if (hex.length() != digits || !hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
            throw new IllegalArgumentException("not a " + algorithm + " digest: " + hex);
        }
    }

    /** @throws IllegalArgumentException if the text is not a digest */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a digest (algorithm:hex): " + text);
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The SHA-256 of the bytes. */
    public static Digest sha256(byte[] bytes) {
        MessageDigest computation = sha256();
        computation.update(bytes);
        return ofFinished(computation);
    }

    /** A fresh SHA-256 computation, to be ended by {@link #ofFinished}. */
    public static MessageDigest sha256() {
        return computation("sha256");
    }

    /** A fresh computation of the algorithm of a digest that is to be verified. */
    public static MessageDigest computation(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256 and SHA-512", e);
        }
    }

    /** Ends the computation and takes its value. */
    public static Digest ofFinished(MessageDigest computation) {
        return new Digest(computation.getAlgorithm().replace("-", "").toLowerCase(java.util.Locale.ROOT),
                HexFormat.of().formatHex(computation.digest()));
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
