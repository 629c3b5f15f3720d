package dev.varve.domain.layer;

/** How a layer keeps its content on the disk. Decided when it is made, and never changed. */
public enum TreeForm {
    /** What it adds to and hides of the layers below. */
    DELTA,
    /** The whole file system, the layers below included. */
    FULL
}
