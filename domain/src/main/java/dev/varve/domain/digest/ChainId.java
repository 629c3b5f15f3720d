package dev.varve.domain.digest;

import java.nio.charset.StandardCharsets;

/** The identity of a layer together with all that lies below it (OCI image specification, config.md, "Layer ChainID"). */
public record ChainId(Digest digest) {
    /** The chain of one base layer. */
    public static ChainId base(DiffId layer) {
        return new ChainId(layer.digest());
    }

    /** The chain with one more layer on top. */
    public ChainId with(DiffId layer) {
        return new ChainId(Digest.sha256((digest + " " + layer).getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
