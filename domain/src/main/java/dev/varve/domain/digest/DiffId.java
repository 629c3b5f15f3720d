package dev.varve.domain.digest;

/** The digest of a layer's uncompressed tar (OCI image specification, config.md, "Layer DiffID"). */
public record DiffId(Digest digest) {
    /** @throws IllegalArgumentException if the text is not a digest */
    public static DiffId parse(String text) {
        return new DiffId(Digest.parse(text));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
