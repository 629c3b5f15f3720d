package dev.varve.domain.layer;

import java.time.Instant;

/**
 * One hold on a layer's root file system. Kept on disk, because a hold outlives the process that took it.
 *
 * @param layer      what is held
 * @param token      tells this hold from the others on the layer
 * @param pid        the process that took it, for messages only
 * @param bootId     the boot it was taken in: after another boot nothing is mounted, and the hold is void
 * @param access     how the root may be used
 * @param since      when it was taken
 */
public record LeaseRecord(LayerNumber layer, String token, long pid, String bootId, Access access, Instant since) {}
