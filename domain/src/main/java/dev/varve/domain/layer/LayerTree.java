package dev.varve.domain.layer;

import java.nio.file.Path;

import dev.varve.domain.whiteout.WhiteoutFormat;

/** Where a layer's own content is on the host, and how it is to be read. */
public sealed interface LayerTree {
    /** The directory that stands for the root of the layer. */
    Path root();

    /** The whole file system as it is with this layer on top: a deletion deletes, a diff compares with the parent's. */
    record Full(Path root) implements LayerTree {}

    /** What this layer adds and hides: a deletion leaves a mark, the directory is the diff. */
    record Delta(Path root, WhiteoutFormat whiteouts) implements LayerTree {}
}
