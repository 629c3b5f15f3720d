package dev.varve.domain.layer;

import java.time.Instant;

/**
 * One hold on a layer. Kept on disk, because a hold outlives the process that took it.
 *
 * @param layer      what is held
 * @param token      tells this hold from the others on the layer
 * @param pid        the process that took it, for messages only
 * @param bootId     the boot it was taken in: after another boot nothing is mounted, and the hold is void
 * @param purpose    what it is for
 * @param access     how the root file system may be used; READ_ONLY for a reservation
 * @param since      when it was taken
 */
public record LeaseRecord(LayerNumber layer, String token, long pid, String bootId, LeasePurpose purpose, Access access,
        Instant since) {
    public LeaseRecord {
        if (purpose == LeasePurpose.RESERVATION && access != Access.READ_ONLY) {
            throw new IllegalArgumentException("a reservation lets nobody write");
        }
    }
}
