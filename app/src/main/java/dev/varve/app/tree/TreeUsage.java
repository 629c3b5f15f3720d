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
    /** Bytes of a block of stat(2). */
    static final int BLOCK = 512;
    private final Marks marks;
    private final Set<Long> linked = new HashSet<>();
    private long size;
    private long blocks;
    private long inodes;

    private TreeUsage(Marks marks) {
        this.marks = marks;
    }

    /** Of the tree beneath the directory, itself included; marks are not counted, nor what is mounted in it. */
    public static Usage of(Directory root, Marks marks) throws VarveException {
        TreeUsage usage = new TreeUsage(marks);
        FileStat top = root.stat();
        usage.add(top);
        usage.walk(root, top);
        return new Usage(usage.size, usage.blocks * BLOCK, usage.inodes);
    }

    private void walk(Directory root, FileStat top) throws VarveException {
        try (Descent descent = new Descent(root)) {
            for (EntryName name : root.list()) {
                look(descent, name, top);
                while (!descent.isOver()) {
                    Optional<EntryName> next = descent.next();
                    if (next.isPresent()) {
                        look(descent, next.get(), top);
                    } else {
                        descent.leave();
                    }
                }
            }
        }
    }

    private void look(Descent descent, EntryName name, FileStat top) throws VarveException {
        Directory directory = descent.here();
        Optional<FileStat> found = directory.find(name);
        if (found.isEmpty() || !found.get().sameMount(top)) {
            return;
        }
        FileStat stat = found.get();
        if (marks.isReserved(name) || marks.isWhiteout(directory, name, stat)) {
            return;
        }
        if (stat.isDirectory()) {
            add(stat);
            descent.enter(name, opened -> {});
        } else if (stat.links() < 2 || linked.add(stat.inode())) { // one tree is on one file system
            add(stat);
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
