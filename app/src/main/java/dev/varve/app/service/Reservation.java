package dev.varve.app.service;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.ports.syscall.Directory;

/**
 * Keeps a layer from being written to and from being removed while it is read. There is a record of it, and the layer's
 * directory is locked: the record is worth something only as long as the lock is there, which ends with the process.
 */
final class Reservation implements AutoCloseable {
    private final LayerRecord layer;
    private final Directory lock;
    private final Forgetting forgetting;
    private boolean over;

    /** Removes the record. */
    interface Forgetting {
        void run() throws VarveException;
    }

    Reservation(LayerRecord layer, Directory lock, Forgetting forgetting) {
        this.layer = layer;
        this.lock = lock;
        this.forgetting = forgetting;
    }

    LayerRecord layer() {
        return layer;
    }

    /** Never fails: a record that cannot be removed is void without the lock, and goes when the layer is leased next. */
    @Override
    public void close() {
        if (over) {
            return;
        }
        over = true;
        try (lock) {
            forgetting.run();
        } catch (VarveException e) {
            return;
        }
    }
}
