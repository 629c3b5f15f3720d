package dev.varve.app.diff;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.varve.app.tree.Omissions;
import dev.varve.domain.change.ChangeKind;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.OciWhiteout;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.LayerWriter;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * Writes changes as an OCI layer. The same trees give the same bytes: entries come in the order of the names, whiteouts
 * are empty files of root's from the epoch, and of a file with several names the first one carries the content.
 */
final class DiffArchiver implements ChangeVisitor {
    private static final int BUFFER = 1 << 17;
    private static final Attributes WHITEOUT = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);

    private record InodeKey(long device, long inode) {}

    private final LayerWriter writer;
    private final Omissions omissions;
    private final Map<InodeKey, EntryPath> linked = new HashMap<>();
    private final byte[] buffer = new byte[BUFFER];
    /** The last directory that was left out: what is in it comes next, and is left out too. */
    private @Nullable EntryPath leftOut;
    private long entries;

    DiffArchiver(LayerWriter writer, Omissions omissions) {
        this.writer = writer;
        this.omissions = omissions;
    }

    long entries() {
        return entries;
    }

    @Override
    public void deleted(EntryPath path) throws VarveException {
        if (isUnfit(path)) {
            omissions.add(path, "deletion of a file whose name an OCI layer reads as a whiteout", "");
            return;
        }
        hide(path);
    }

    private void hide(EntryPath path) throws VarveException {
        put(new ArchiveEntry.File(path.parent().child(OciWhiteout.nameFor(path.name())), new Node.RegularFile(0),
                WHITEOUT));
    }

    @Override
    public void root(Directory root, boolean shown) throws VarveException {
        put(new ArchiveEntry.File(EntryPath.ROOT, new Node.Directory(), Entries.ofRoot(root)));
    }

    @Override
    public void present(ChangeKind kind, EntryPath path, Directory parent, EntryName name, FileStat stat)
            throws VarveException {
        if (isUnfit(path)) {
            if (stat.isDirectory() && !isLeftOut(path)) {
                leftOut = path;
            }
            omissions.add(path, "file whose name an OCI layer reads as a whiteout", "");
            return;
        }
        if (stat.type() == FileType.SOCKET || stat.isZeroDevice()) {
            omissions.add(path,
                    stat.isZeroDevice() ? "character device 0:0, which overlayfs reads as a whiteout" : "socket", "");
            if (kind == ChangeKind.MODIFIED) {
                hide(path); // what it took the place of must not come back
            }
            return;
        }
        Attributes attributes = stat.attributes(Entries.layerXattrs(parent, name));
        if (!stat.isDirectory() && stat.links() > 1) {
            EntryPath first = linked.putIfAbsent(new InodeKey(stat.device(), stat.inode()), path);
            if (first != null) {
                put(new ArchiveEntry.HardLink(path, first, attributes));
                return;
            }
        }
        switch (stat.type()) {
            case REGULAR -> putFile(path, parent, name, stat, attributes);
            case DIRECTORY -> put(new ArchiveEntry.File(path, new Node.Directory(), attributes));
            case SYMLINK -> put(new ArchiveEntry.File(path, new Node.Symlink(parent.readLink(name)), attributes));
            case FIFO -> put(new ArchiveEntry.File(path, new Node.Fifo(), attributes));
            case CHARACTER_DEVICE, BLOCK_DEVICE -> put(new ArchiveEntry.File(path,
                    new Node.Device(stat.type(), stat.rdevMajor(), stat.rdevMinor()), attributes));
            case SOCKET -> throw new IllegalStateException("left out above");
        }
    }

    /** Whether a reader would take the entry, or a directory that it is in, for a whiteout. */
    private boolean isUnfit(EntryPath path) {
        return isLeftOut(path) || path.name().startsWith(OciWhiteout.PREFIX);
    }

    private boolean isLeftOut(EntryPath path) {
        return leftOut != null && path.isWithin(leftOut);
    }

    private void putFile(EntryPath path, Directory parent, EntryName name, FileStat stat, Attributes attributes)
            throws VarveException {
        try (OpenFile file = parent.read(name)) {
            put(new ArchiveEntry.File(path, new Node.RegularFile(stat.size()), attributes));
            long at = 0;
            while (at < stat.size()) {
                int n = file.read(at, buffer, 0, (int) Math.min(buffer.length, stat.size() - at));
                if (n == 0) {
                    throw new BadDataException(path + " became shorter while it was read",
                            "stop what writes to this layer, and try again");
                }
                writer.write(buffer, 0, n);
                at += n;
            }
        }
    }

    private void put(ArchiveEntry entry) throws VarveException {
        entries++;
        writer.put(entry);
    }
}
