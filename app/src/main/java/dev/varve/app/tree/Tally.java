package dev.varve.app.tree;

import java.util.Optional;

import dev.varve.domain.layer.Usage;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;

/**
 * Counts what a tree takes while it is written, as {@link TreeUsage} would by a walk. Only what is made is counted: once
 * something is taken away again, a walk alone can tell.
 */
final class Tally {
    private long size;
    private long blocks;
    private long inodes;
    private boolean lost;

    /** A directory or a file is there; a file is as it stays. */
    void made(FileStat stat) {
        inodes++;
        blocks += stat.blocks();
        if (stat.type() == FileType.REGULAR) {
            size += stat.size();
        }
    }

    /** A directory is entered: it may grow until it is left. */
    void entered(FileStat directory) {
        blocks -= directory.blocks();
    }

    void left(FileStat directory) {
        blocks += directory.blocks();
    }

    /** Something that was counted is taken away, or something came that was not. */
    void lose() {
        lost = true;
    }

    Optional<Usage> usage() {
        return lost ? Optional.empty() : Optional.of(new Usage(size, blocks * TreeUsage.BLOCK, inodes));
    }
}
