package dev.varve.app.image;

import java.io.InputStream;
import java.util.Optional;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.path.EntryPath;

/** The one archive of an image whose other layers the store has already. */
final class SpooledLayer implements ImageSource {
    static final EntryPath PATH = EntryPath.of("changes");
    private final LayerId layer;
    private final Spool spool;
    private final long size;

    /** @param spool stays open */
    SpooledLayer(LayerId layer, Spool spool, long size) {
        this.layer = layer;
        this.spool = spool;
        this.size = size;
    }

    /** Where the archive of a layer that the store has would be. */
    static EntryPath missing(DiffId lower) {
        return EntryPath.of(lower.digest().hex());
    }

    @Override
    public String name() {
        return "layer " + layer;
    }

    @Override
    public Optional<Content> find(EntryPath path) {
        return path.equals(PATH) ? Optional.of(new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return spool.open(0, size);
            }
        }) : Optional.empty();
    }

    @Override
    public void close() {
        // the spool is closed by whoever opened it
    }
}
