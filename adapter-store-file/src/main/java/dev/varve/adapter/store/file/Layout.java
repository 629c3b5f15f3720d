package dev.varve.adapter.store.file;

import java.util.List;

import dev.varve.domain.path.EntryName;

/**
 * The names in a store's {@code catalogue} directory.
 *
 * <pre>
 * version          {"format":"varve-catalogue","version":1,"driver":"overlay"}; written last, never changed
 * layers/17        the record of layer 17
 * leases/17        the leases on layer 17, if there are any
 * images/HEX       the record of the image whose configuration has this digest
 * configs/HEX      the bytes of that configuration, verbatim
 * next             no number from this one on was ever given out
 * changes          which records were changed last ({@link ChangeLog}); worth nothing after a restart of the host
 * staging/         files on their way to one of the others; garbage while nobody holds the lock
 * lock/            who changes anything holds flock(2) on it; lock/owner names that process
 * </pre>
 */
final class Layout {
    static final EntryName CATALOGUE = EntryName.of("catalogue");
    static final EntryName VERSION = EntryName.of("version");
    static final EntryName LAYERS = EntryName.of("layers");
    static final EntryName LEASES = EntryName.of("leases");
    static final EntryName IMAGES = EntryName.of("images");
    static final EntryName CONFIGS = EntryName.of("configs");
    static final EntryName NEXT = EntryName.of("next");
    static final EntryName CHANGES = EntryName.of("changes");
    static final EntryName STAGING = EntryName.of("staging");
    static final EntryName LOCK = EntryName.of("lock");
    static final EntryName OWNER = EntryName.of("owner");

    /** The directories that hold records. */
    static final List<EntryName> RECORDS = List.of(LAYERS, LEASES, IMAGES, CONFIGS);
    static final int DIRECTORY_MODE = 0700;
    static final int FILE_MODE = 0600;

    private Layout() {}

    /** How a file of the catalogue is called in messages. */
    static String label(EntryName... names) {
        StringBuilder out = new StringBuilder(CATALOGUE.toString());
        for (EntryName name : names) {
            out.append('/').append(name);
        }
        return out.toString();
    }
}
