package dev.varve.app.service;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.ports.in.Lease;

/** A hold of this process. Its lock is its own monitor: two threads may close it at once. */
final class StoreLease implements Lease {
    private final LeaseService leases;
    private final LayerId layer;
    private final LeaseRecord record;
    private final Path path;
    private final Runnable forget;
    private boolean over;

    StoreLease(LeaseService leases, LayerId layer, LeaseService.Taken taken,
            java.util.function.Consumer<Lease> forget) {
        this.leases = leases;
        this.layer = layer;
        this.record = taken.lease();
        this.path = taken.path();
        this.forget = () -> forget.accept(this);
    }

    @Override
    public LayerId layer() {
        return layer;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Access access() {
        return record.access();
    }

    @Override
    public synchronized void detach() throws VarveException {
        if (over) {
            throw new IllegalStateException("the lease on " + layer + " is over");
        }
        leases.detach(record);
        end();
    }

    @Override
    public synchronized void close() throws VarveException {
        if (!over) {
            leases.release(record);
            end();
        }
    }

    private void end() {
        over = true;
        forget.run();
    }
}
