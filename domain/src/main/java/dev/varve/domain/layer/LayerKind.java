package dev.varve.domain.layer;

/** What may be done with a layer (containerd's words, which the graph drivers' words are mapped to). */
public enum LayerKind {
    /** Writable while it has no child. */
    ACTIVE,
    /** A read-only look at its parent. */
    VIEW,
    /** Never changes again: filled from an archive, or committed. */
    COMMITTED
}
