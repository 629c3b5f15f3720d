package dev.varve.domain.change;

/** How thoroughly two files are compared where two trees are. */
public enum Comparison {
    /** Type, mode, owner, size, modification time in ns, extended attributes, link target, device, hard-link groups. */
    METADATA,
    /** The same, and the content of files that are equal by then. */
    CONTENT
}
