package dev.varve.testkit.fake;

import java.time.Instant;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;

/** An inode. Guarded by the monitor of its {@link MemoryDisk}. */
final class MemoryNode {
    static final long DEVICE = 0x801;
    final long inode;
    final FileType type;
    int mode;
    long uid;
    long gid;
    Instant modified;
    final NavigableMap<String, byte[]> xattrs = new TreeMap<>();
    int major;
    int minor;
    byte[] target = {};
    /** Of a regular file: what is read, and what is on the disk. */
    MemoryContent content = new MemoryContent();
    MemoryContent durableContent = new MemoryContent();
    /** Of a directory: what is seen, and what is on the disk. */
    final NavigableMap<EntryName, MemoryNode> entries = new TreeMap<>();
    final NavigableMap<EntryName, MemoryNode> durableEntries = new TreeMap<>();
    /** Names that are not directories' own. */
    int names;
    /** Of a directory: the one it is in; null for the root and for a removed one. */
    @Nullable
    MemoryNode parent;
    /** flock(2): the handles that hold it, and whether alone. */
    final Set<MemoryInode> lockers = new HashSet<>();
    boolean lockedExclusively;

    MemoryNode(long inode, FileType type, int mode, Instant now) {
        this.inode = inode;
        this.type = type;
        this.mode = mode;
        this.modified = now;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** @param mount through which it is seen */
    FileStat stat(long mount) {
        long size = switch (type) {
            case REGULAR -> content.size();
            case SYMLINK -> target.length;
            case DIRECTORY -> MemoryContent.BLOCK;
            default -> 0;
        };
        long blocks = type == FileType.REGULAR ? content.allocated() : isDirectory() ? 8 : 0;
        int links = isDirectory()
                ? names == 0 ? 0 : 2 + (int) entries.values().stream().filter(MemoryNode::isDirectory).count()
                : names;
        return new FileStat(type, mode, uid, gid, size, blocks, modified, inode, DEVICE, links, major, minor, mount);
    }

    Xattrs readXattrs() {
        return Xattrs.of(xattrs);
    }

    /** The same node on a disk that has no memory of anything but what was synced. Entries and names are the caller's. */
    MemoryNode afterPowerLoss(boolean keepContent) {
        MemoryNode copy = new MemoryNode(inode, type, mode, modified);
        copy.uid = uid;
        copy.gid = gid;
        copy.xattrs.putAll(xattrs);
        copy.major = major;
        copy.minor = minor;
        copy.target = target;
        copy.content = (keepContent ? content : durableContent).copy();
        copy.durableContent = copy.content.copy();
        return copy;
    }
}
