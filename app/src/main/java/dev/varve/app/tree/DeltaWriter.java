package dev.varve.app.tree;

import java.util.Optional;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;
import dev.varve.domain.whiteout.OciWhiteout;
import dev.varve.ports.archive.ArchiveEntry;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/**
 * Writes the entries of a layer archive into an empty directory, as a delta upon the trees below. Whiteouts hide what
 * lies below and never what the same archive holds, in whichever order the two come (OCI image specification, layer.md,
 * "Whiteouts"). Rules where the specification leaves room: of two entries with one path the last counts; a parent that no
 * entry names has the attributes of the one below, or else root's, 0755 and the epoch, and is not there at all if only
 * whiteouts are beneath it and it is hidden itself; a parent that is a symbolic link is followed within the root, the last
 * component never is; on the way to a whiteout only links of the trees below are followed ({@link Hiding}).
 */
public final class DeltaWriter implements AutoCloseable {
    private static final int BUFFER = 1 << 17;
    private final Directory root;
    private final DirectoryStack stack;
    private final Marks marks;
    private final UnionView lower;
    private final HostFacts host;
    private final AttributeWriter attributes;
    private final FileCopier copier;
    private final ParentResolver parents;
    private final ContentKeeper keeper;
    private final Skeleton skeleton;
    private final Hiding hiding;
    private final Tally tally = new Tally();
    private final SmallFiles small;
    private final byte[] buffer = new byte[BUFFER];

    /**
     * @param root  the empty directory, which this writer closes
     * @param lower what lies below, which the caller closes
     */
    public DeltaWriter(Directory root, Marks marks, UnionView lower, HostFacts host, Omissions omissions,
            ContentKeeper keeper) throws VarveException {
        this.keeper = keeper;
        this.root = root;
        this.marks = marks;
        this.lower = lower;
        this.host = host;
        this.attributes = new AttributeWriter(host, omissions);
        this.copier = new FileCopier(attributes);
        this.small = new SmallFiles(attributes, tally);
        try {
            Attributes initial = lower.root().orElse(Attributes.missingParent());
            attributes.ofDirectory(root, EntryPath.ROOT, initial);
            root.setModified(initial.modified());
            attributes.beneath(root.stat().attributes(root.xattrs()));
            tally.made(root.stat());
            this.stack = new DirectoryStack(root, marks, tally);
        } catch (VarveException e) {
            root.close();
            throw e;
        }
        this.parents = new ParentResolver(stack, marks, lower);
        this.skeleton = new Skeleton(stack, marks, parents, attributes, tally);
        this.hiding = new Hiding(stack, marks, lower, parents, skeleton);
    }

    /**
     * What was written.
     *
     * @param entries of the archive
     * @param usage   what the tree takes; absent where only a walk through it tells
     */
    public record Written(long entries, Optional<Usage> usage) {}

    /** Writes all entries of the archive, to be called once. After a failure the directory holds some of them. */
    public Written writeAll(LayerReader archive) throws VarveException {
        long count = 0;
        for (Optional<ArchiveEntry> next = archive.next(); next.isPresent(); next = archive.next()) {
            count++;
            ArchiveEntry entry = next.get();
            Optional<OciWhiteout> whiteout = OciWhiteout.read(entry.path());
            if (whiteout.isEmpty()) {
                switch (entry) {
                    case ArchiveEntry.File file -> put(file, archive);
                    case ArchiveEntry.HardLink link -> link(link);
                }
            } else {
                switch (whiteout.get()) {
                    case OciWhiteout.Removed removed -> hiding.hide(entry.path(), removed);
                    case OciWhiteout.Opaque opaque -> hiding.hide(entry.path(), opaque);
                    case OciWhiteout.AufsMetadata metadata ->
                            attributes.omissions().add(entry.path(), "bookkeeping of AUFS", "");
                }
            }
        }
        hiding.finish();
        small.await();
        stack.close();
        return new Written(count, tally.usage());
    }

    private void put(ArchiveEntry.File entry, LayerReader archive) throws VarveException {
        if (entry.path().isRoot()) {
            if (entry.node().type() != FileType.DIRECTORY) {
                throw new UnsafePathException("archive entry makes the root of the layer a " + entry.node().type());
            }
            skeleton.setAttributes(stack.enter(EntryPath.ROOT), entry.attributes());
            return;
        }
        if (entry.node() instanceof Node.Device device && device.type() == FileType.CHARACTER_DEVICE
                && device.major() == 0 && device.minor() == 0) {
            throw new UnsafePathException(
                    "archive entry is the character device 0:0, which overlayfs reads as a whiteout: " + entry.path());
        }
        EntryPath path = place(entry.path());
        parents.made(path);
        DirectoryStack.Level level = stack.enter(path.parent());
        if (entry.node().type() == FileType.DIRECTORY) {
            putDirectory(level, path, entry.attributes());
            return;
        }
        EntryName name = path.name();
        try {
            make(level.directory(), name, path, entry, archive);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) {
                throw e;
            }
            boolean hides = replace(path);
            Directory directory = stack.enter(path.parent()).directory();
            make(directory, name, path, entry, archive);
            if (hides && directory.find(name).isEmpty()) { // this user may not make it
                marks.putWhiteout(directory, name);
            }
        }
    }

    /** Nothing of the content has been read yet if this fails because the name is taken. */
    private void make(Directory directory, EntryName name, EntryPath path, ArchiveEntry.File entry, LayerReader archive)
            throws VarveException {
        Attributes wanted = entry.attributes();
        switch (entry.node()) {
            case Node.RegularFile file -> {
                int mode = wanted.mode() & 0777;
                OpenFile out = directory.create(name, mode);
                keeper.storing(path);
                if (file.size() <= SmallFiles.LARGEST && attributes.arePlain(wanted)) {
                    small.write(out, file.size(), archive, wanted, mode);
                    keeper.stored();
                } else {
                    try (out) {
                        content(out, file.size(), archive);
                        keeper.stored();
                        attributes.ofNew(out, path, FileType.REGULAR, wanted, mode);
                    }
                    directory.find(name).ifPresent(tally::made); // closed, for only then no block is set aside in advance
                }
            }
            case Node.Symlink link -> {
                directory.makeSymlink(name, link.target());
                ofNew(directory, name, path, FileType.SYMLINK, wanted);
            }
            case Node.Device device -> {
                try {
                    directory.makeNode(name, device.type(), wanted.mode(), device.major(), device.minor());
                    ofNew(directory, name, path, device.type(), wanted);
                } catch (SyscallFailedException e) {
                    if (!e.errno().equals(Errno.EPERM)) {
                        throw e;
                    }
                    attributes.omissions().add(path, "device", device.major() + ":" + device.minor());
                }
            }
            case Node.Fifo fifo -> {
                directory.makeNode(name, FileType.FIFO, wanted.mode(), 0, 0);
                ofNew(directory, name, path, FileType.FIFO, wanted);
            }
            case Node.Socket socket -> attributes.omissions().add(path, "socket", "");
            case Node.Directory dir -> throw new IllegalStateException("directories are put elsewhere");
        }
    }

    private void ofNew(Directory directory, EntryName name, EntryPath path, FileType type, Attributes wanted)
            throws VarveException {
        try (Inode inode = directory.inode(name)) {
            attributes.ofNew(inode, path, type, wanted, -1);
            tally.made(inode.stat());
        }
    }

    private void content(OpenFile out, long size, LayerReader archive) throws VarveException {
        long end = 0;
        int n;
        while ((n = archive.read(buffer, 0, buffer.length)) > 0) {
            out.write(archive.dataOffset(), buffer, 0, n);
            end = archive.dataOffset() + n;
        }
        if (end < size) {
            out.setSize(size);
        }
    }

    private void putDirectory(DirectoryStack.Level level, EntryPath path, Attributes wanted) throws VarveException {
        Directory parent = level.directory();
        EntryName name = path.name();
        try {
            skeleton.makeDirectory(parent, name, wanted.mode() | 0700);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) {
                throw e;
            }
            FileStat there = parent.find(name).orElseThrow(() -> e);
            if (!there.isDirectory()) {
                boolean hides = clear(path) || parents.isHiddenUnseen(path);
                skeleton.makeDirectory(parent, name, wanted.mode() | 0700);
                if (hides) {
                    skeleton.makeOpaque(path);
                    parents.hidLinkUnseen(path);
                }
            }
        }
        skeleton.setAttributes(stack.enter(path), wanted);
        skeleton.named(path);
    }

    private void link(ArchiveEntry.HardLink entry) throws VarveException {
        if (entry.path().isRoot() || entry.target().isRoot()) {
            throw new UnsafePathException("hard link from or to the root of the layer: " + entry.path());
        }
        EntryPath target = parents.existing(entry.target().parent())
                .map(p -> p.child(entry.target().name()))
                .orElseThrow(() -> noTarget(entry));
        Optional<FileStat> own = parents.own(target);
        if (own.isPresent()) {
            if (own.get().isDirectory() || parents.isWhiteout(target, own.get())) {
                throw noTarget(entry);
            }
        } else {
            UnionView.Found found = parents.visible(target)
                    .filter(f -> !f.stat().isDirectory())
                    .orElseThrow(() -> noTarget(entry));
            copyUp(target, found);
        }
        EntryPath path = place(entry.path());
        if (path.equals(target)) {
            throw new BadDataException("hard link to itself: " + entry.path(), "");
        }
        parents.made(path);
        if (parents.own(path).isPresent()) {
            replace(path);
        }
        stack.enter(path.parent());
        try (Directory from = root.resolve(EntryPath.ROOT); DirectoryHandles handles = new DirectoryHandles(from)) {
            Directory existing = handles.beneath(target.parent());
            stack.enter(path.parent()).directory().link(existing, target.name(), path.name());
        }
    }

    private static BadDataException noTarget(ArchiveEntry.HardLink entry) {
        return new BadDataException(
                "hard link " + entry.path() + " to " + entry.target()
                        + ", which is no file of this layer or of those below",
                "the archive is damaged or out of order");
    }

    /** A file that only a tree below has comes into this delta, so that it can be linked to. */
    private void copyUp(EntryPath path, UnionView.Found found) throws VarveException {
        Attributes wanted = found.attributes();
        skeleton.materialize(path.parent());
        UnionView.Found again = lower.readable(path, parents.visible(path).orElse(found)); // making the parents moved it
        Directory directory = stack.enter(path.parent()).directory();
        if (!copier.copy(again.parent(), again.name(), again.stat(), wanted, directory, path.name(), path)) {
            throw new BadDataException("hard link to " + path + ", a device that this user may not make",
                    "run as root");
        }
        skeleton.copiedUp(path);
    }

    /** Where an entry goes: its parent resolved and made, as far as it is missing. */
    private EntryPath place(EntryPath raw) throws VarveException {
        EntryPath resolved = parents.resolve(raw.parent());
        skeleton.materialize(resolved);
        return resolved.child(raw.name());
    }

    /** The same as {@link #clear} for what is no directory, and so cannot be seen to hide anything. */
    private boolean replace(EntryPath path) throws VarveException {
        boolean hides = clear(path);
        if (hides) {
            parents.hidUnseen(path);
        }
        return hides;
    }

    /**
     * Removes what this delta has at the path: a later entry of the archive takes its place.
     *
     * @return whether that hid what the trees below have there
     */
    private boolean clear(EntryPath path) throws VarveException {
        small.await(); // what is taken away has its content
        tally.lose();
        Optional<FileStat> there = parents.own(path);
        boolean hides;
        if (there.isPresent() && there.get().isDirectory()) {
            hides = stack.enter(path).lowerHidden() && parents.isDirectoryBelow(path);
            stack.leave(path);
            parents.forget(path);
            skeleton.forget(path);
        } else {
            hides = there.isPresent() && parents.isWhiteout(path, there.get());
            skeleton.forgetCopied(path);
        }
        attributes.omissions().forgetWithin(path);
        keeper.takeAway(stack.enter(path.parent()).directory(), path.name(), path);
        return hides;
    }

    /** Leaves all directories, which then have the times and modes of the archive. */
    @Override
    public void close() throws VarveException {
        try (small) {
            stack.close();
        }
    }
}
