package dev.varve.app.tree;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;

/** Counts what a tree takes on the disk. */
public final class TreeUsage {
    private final Marks marks;
    private final Set<Long> linked = new HashSet<>();
    private long size;
    private long blocks;
    private long inodes;

    private TreeUsage(Marks marks) {
        this.marks = marks;
    }

    /** Of the tree beneath the directory, itself included; marks are not counted. */
    public static Usage of(Directory root, Marks marks) throws VarveException {
        TreeUsage usage = new TreeUsage(marks);
        usage.add(root.stat());
        usage.walk(root);
        return new Usage(usage.size, usage.blocks * 512, usage.inodes);
    }

    private void walk(Directory directory) throws VarveException {
        for (EntryName name : directory.list()) {
            Optional<FileStat> found = directory.find(name);
            if (found.isEmpty()) {
                continue;
            }
            FileStat stat = found.get();
            if (marks.isReserved(name) || marks.isWhiteout(directory, name, stat)) {
                continue;
            }
            if (stat.isDirectory()) {
                add(stat);
                try (Directory inner = directory.open(name)) {
                    walk(inner);
                }
            } else if (stat.links() < 2 || linked.add(stat.inode())) { // one tree is on one file system
                add(stat);
            }
        }
    }

    private void add(FileStat stat) {
        inodes++;
        blocks += stat.blocks();
        if (stat.type() == FileType.REGULAR) {
            size += stat.size();
        }
    }
}
