package dev.varve.domain.layer;

/** How a layer's root file system is to be used. */
public enum Access {
    READ_WRITE, READ_ONLY
}
