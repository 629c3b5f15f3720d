package dev.varve.domain.error;

import java.util.List;

/** None of the drivers works in the store; the message lists each with its reason. Nothing was changed. */
public final class NoUsableDriverException extends UnsupportedException {
    private static final long serialVersionUID = 1L;

    /** @param refusals one for each driver that was tried, in the order of trying */
    public NoUsableDriverException(String store, List<UnsupportedException> refusals) {
        super("no driver works in " + store + ": "
                + (refusals.isEmpty() ? "none is on the module path"
                        : String.join("; ", refusals.stream().map(UnsupportedException::getMessage).toList())),
                refusals.isEmpty() ? "put a driver's module on the module path" : "choose another store with --store");
    }
}
