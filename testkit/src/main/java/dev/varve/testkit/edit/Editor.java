package dev.varve.testkit.edit;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/**
 * Carries edits out in one tree. Every file whose content an edit changes, and every directory in which it changes
 * names, gets the time that comes with the edit, so that one edit has one result wherever it is carried out. For one
 * thread.
 */
public final class Editor {
    private static final Errno EXDEV = new Errno(18);
    private static final EntryName TEMPORARY = EntryName.of(".temporary");
    private final Directory root;
    /** Names of files that share their inode with others, and a write would end that. */
    private final Set<EntryPath> breakable = new HashSet<>();
    /** Directories that rename(2) refuses to move. */
    private final Set<EntryPath> fixed = new HashSet<>();

    private Editor(Directory root) {
        this.root = root;
    }

    /** An editor of a tree that is as POSIX wants it, or that behaves as it does by itself. */
    public static Editor of(Directory root) {
        return new Editor(root);
    }

    /**
     * An editor that makes of a plain tree what overlayfs makes of the same tree, when that is a lower one and neither
     * {@code index} nor {@code redirect_dir} is on: a name whose file is changed has a copy from then on, and the other
     * names keep the old file (Documentation/filesystems/overlayfs.rst, "Non-standard behavior"); a directory is moved
     * file by file, as programs do upon EXDEV.
     */
    public static Editor asOverlay(Directory root) throws VarveException {
        Editor editor = new Editor(root);
        editor.note(root, EntryPath.ROOT);
        return editor;
    }

    private void note(Directory directory, EntryPath path) throws VarveException {
        for (EntryName name : directory.list()) {
            FileStat stat = directory.find(name).orElseThrow();
            if (stat.isDirectory()) {
                fixed.add(path.child(name));
                try (Directory inner = directory.open(name)) {
                    note(inner, path.child(name));
                }
            } else if (stat.links() > 1) {
                breakable.add(path.child(name));
            }
        }
    }

    /** Does it. */
    public void apply(Edit edit, Instant time) throws VarveException {
        if (edit.path().isRoot()) {
            attribute(root, edit, time);
            return;
        }
        EntryName name = edit.path().name();
        try (Directory parent = root.resolve(edit.path().parent())) {
            switch (edit) {
                case Edit.MakeFile make -> {
                    makeFile(parent, name, make.mode(), make.content(), time);
                    parent.setModified(time);
                }
                case Edit.MakeDirectory make -> {
                    parent.makeDirectory(name, 0700);
                    made(parent, name, make.mode(), time);
                }
                case Edit.MakeSymlink make -> {
                    parent.makeSymlink(name, make.target().bytes());
                    made(parent, name, -1, time);
                }
                case Edit.MakeNode make -> {
                    parent.makeNode(name, make.type(), make.mode(), make.major(), make.minor());
                    made(parent, name, make.mode(), time);
                }
                case Edit.Link link -> link(parent, link, time);
                case Edit.Replace replace -> {
                    makeFile(parent, TEMPORARY, replace.mode(), replace.content(), time);
                    parent.rename(TEMPORARY, parent, name, true);
                    breakable.remove(edit.path());
                    parent.setModified(time);
                }
                case Edit.Write write -> {
                    unshare(parent, edit.path());
                    try (OpenFile file = parent.write(name)) {
                        file.write(write.offset(), write.data().bytes(), 0, write.data().length());
                        file.setModified(time);
                    }
                }
                case Edit.SetSize set -> {
                    unshare(parent, edit.path());
                    try (OpenFile file = parent.write(name)) {
                        file.setSize(set.size());
                        file.setModified(time);
                    }
                }
                case Edit.SetMode _,Edit.SetOwner _,Edit.SetTime _,Edit.SetXattr _,Edit.RemoveXattr _ -> {
                    unshare(parent, edit.path());
                    try (Inode inode = parent.inode(name)) {
                        attribute(inode, edit, time);
                    }
                }
                case Edit.Remove remove -> {
                    remove(parent, name);
                    forget(edit.path());
                    parent.setModified(time);
                }
                case Edit.Move move -> {
                    try (Directory target = root.resolve(move.to().parent())) {
                        move(parent, move.path(), target, move.to());
                        target.setModified(time);
                    }
                    parent.setModified(time);
                }
            }
        }
    }

    private static void attribute(Inode inode, Edit edit, Instant time) throws VarveException {
        switch (edit) {
            case Edit.SetMode set -> inode.setMode(set.mode());
            case Edit.SetOwner set -> inode.setOwner(set.uid(), set.gid());
            case Edit.SetTime set -> inode.setModified(set.time());
            case Edit.SetXattr set -> inode.setXattr(set.name(), set.value().bytes());
            case Edit.RemoveXattr remove -> inode.removeXattr(remove.name());
            default -> throw new IllegalArgumentException("no attribute at " + time + ": " + edit);
        }
    }

    private static void makeFile(Directory parent, EntryName name, int mode, Blob content, Instant time)
            throws VarveException {
        try (OpenFile file = parent.create(name, 0600)) {
            if (content.length() > 0) {
                file.write(0, content.bytes(), 0, content.length());
            }
            file.setMode(mode);
            file.setModified(time);
        }
    }

    private static void made(Directory parent, EntryName name, int mode, Instant time) throws VarveException {
        try (Inode inode = parent.inode(name)) {
            if (mode >= 0) {
                inode.setMode(mode);
            }
            inode.setModified(time);
        }
        parent.setModified(time);
    }

    private void link(Directory parent, Edit.Link link, Instant time) throws VarveException {
        try (Directory from = root.resolve(link.existing().parent())) {
            unshare(from, link.existing());
            parent.link(from, link.existing().name(), link.path().name());
        }
        parent.setModified(time);
    }

    private static void remove(Directory parent, EntryName name) throws VarveException {
        if (!parent.find(name).orElseThrow().isDirectory()) {
            parent.remove(name);
            return;
        }
        try (Directory directory = parent.open(name)) {
            for (EntryName inner : directory.list()) {
                remove(directory, inner);
            }
        }
        parent.removeDirectory(name);
    }

    private void forget(EntryPath path) {
        breakable.removeIf(p -> p.isWithin(path));
        fixed.removeIf(p -> p.isWithin(path));
    }

    private void move(Directory from, EntryPath path, Directory to, EntryPath newPath) throws VarveException {
        unshare(from, path);
        if (!fixed.contains(path)) {
            try {
                from.rename(path.name(), to, newPath.name(), true);
                forget(newPath);
                return;
            } catch (SyscallFailedException e) {
                if (!e.errno().equals(EXDEV)) {
                    throw e;
                }
            }
        }
        to.makeDirectory(newPath.name(), 0700);
        try (Directory old = from.open(path.name()); Directory made = to.open(newPath.name())) {
            FileStat stat = old.stat();
            for (EntryName name : old.list()) {
                move(old, path.child(name), made, newPath.child(name));
            }
            dress(made, stat, old.xattrs());
        }
        from.removeDirectory(path.name());
        fixed.remove(path);
    }

    /** Ends the sharing of a name's inode that overlayfs would end. */
    private void unshare(Directory parent, EntryPath path) throws VarveException {
        if (!breakable.remove(path)) {
            return;
        }
        EntryName name = path.name();
        Instant before = parent.stat().modified();
        FileStat stat = parent.find(name).orElseThrow();
        Xattrs xattrs = parent.xattrs(name);
        switch (stat.type()) {
            case REGULAR -> {
                try (OpenFile old = parent.read(name); OpenFile copy = parent.create(TEMPORARY, 0600)) {
                    byte[] content = new byte[Math.toIntExact(stat.size())];
                    int n = 0;
                    while (n < content.length) {
                        n += old.read(n, content, n, content.length - n);
                    }
                    copy.write(0, content, 0, content.length);
                }
            }
            case SYMLINK -> parent.makeSymlink(TEMPORARY, parent.readLink(name));
            default -> parent.makeNode(TEMPORARY, stat.type(), 0600, stat.rdevMajor(), stat.rdevMinor());
        }
        try (Inode copy = parent.inode(TEMPORARY)) {
            dress(copy, stat, xattrs);
        }
        parent.rename(TEMPORARY, parent, name, true);
        parent.setModified(before);
    }

    private static void dress(Inode inode, FileStat stat, Xattrs xattrs) throws VarveException {
        inode.setOwner(stat.uid(), stat.gid());
        if (stat.type() != FileType.SYMLINK) {
            for (String inherited : inode.xattrs().names()) {
                inode.removeXattr(inherited);
            }
            inode.setMode(stat.mode());
        }
        for (String name : xattrs.names()) {
            inode.setXattr(name, xattrs.value(name));
        }
        inode.setModified(stat.modified());
    }
}
