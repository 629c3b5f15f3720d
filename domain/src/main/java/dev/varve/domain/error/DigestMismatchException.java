package dev.varve.domain.error;

import dev.varve.domain.digest.Digest;

/** The bytes that were read are not those that were named; nothing of them was kept. */
public final class DigestMismatchException extends VarveException {
    private static final long serialVersionUID = 1L;

    public DigestMismatchException(String what, Digest expected, Digest actual) {
        super(what + ": expected " + expected + ", got " + actual,
                "the data was damaged or changed on its way; fetch it again");
    }
}
