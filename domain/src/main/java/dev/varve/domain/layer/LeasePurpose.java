package dev.varve.domain.layer;

/** What a hold on a layer is for. */
public enum LeasePurpose {
    /** Somebody has the root file system: it is mounted, where the driver mounts. */
    ROOT,
    /** Nothing is mounted for it: the layer is read as it is, and must not be written to meanwhile. */
    RESERVATION
}
