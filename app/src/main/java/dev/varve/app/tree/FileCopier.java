package dev.varve.app.tree;

import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/**
 * Copies single files with all their attributes: by reflink where the file system has it, within the kernel otherwise,
 * holes left as holes.
 */
final class FileCopier {
    private static final int WHOLE_FILE = 1 << 16;
    private final AttributeWriter attributes;
    private boolean reflinks = true;

    FileCopier(AttributeWriter attributes) {
        this.attributes = attributes;
    }

    /** Copies an entry that is no directory to a name that is not taken; false if this user may not make such a file. */
    boolean copy(Directory from, EntryName name, FileStat stat, Attributes wanted, Directory to, EntryName newName,
            EntryPath path) throws VarveException {
        switch (stat.type()) {
            case REGULAR -> {
                try (OpenFile source = from.read(name); OpenFile target = to.create(newName, wanted.mode() & 0777)) {
                    content(source, target, stat);
                    attributes.ofNew(target, path, stat.type(), wanted, -1);
                }
                return true;
            }
            case SYMLINK -> to.makeSymlink(newName, from.readLink(name));
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET -> {
                if (!makeNode(attributes.omissions(), to, newName, stat, wanted.mode(), path)) {
                    return false;
                }
            }
            case DIRECTORY -> throw new IllegalArgumentException("a directory is not copied as a file: " + path);
        }
        try (Inode inode = to.inode(newName)) {
            attributes.ofNew(inode, path, stat.type(), wanted, -1);
        }
        return true;
    }

    /** Makes a device, fifo or socket; where this user may not, notes it and returns false. */
    static boolean makeNode(Omissions omissions, Directory to, EntryName name, FileStat stat, int mode, EntryPath path)
            throws VarveException {
        try {
            to.makeNode(name, stat.type(), mode, stat.rdevMajor(), stat.rdevMinor());
            return true;
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EPERM)) {
                throw e;
            }
            omissions.add(path, "device", stat.rdevMajor() + ":" + stat.rdevMinor());
            return false;
        }
    }

    private void content(OpenFile source, OpenFile target, FileStat stat) throws VarveException {
        if (stat.size() == 0) {
            return;
        }
        if (reflinks) {
            if (target.cloneFrom(source)) {
                return;
            }
            reflinks = false; // one tree is on one file system: what it cannot for one file, it cannot for the next
        }
        boolean sparse = stat.blocks() * 512 < stat.size();
        if (!sparse && stat.size() <= WHOLE_FILE) {
            byte[] buffer = new byte[(int) stat.size()];
            long at = 0;
            int n;
            while (at < stat.size() && (n = source.read(at, buffer, 0, buffer.length)) > 0) {
                target.write(at, buffer, 0, n);
                at += n;
            }
            return;
        }
        long at = 0;
        while (at < stat.size()) {
            long data = source.nextData(at);
            if (data >= stat.size()) {
                break;
            }
            long hole = Math.min(stat.size(), source.nextHole(data));
            target.copyRange(source, data, hole - data);
            at = hole;
        }
        target.setSize(stat.size());
    }

    /** What is at the name, if it is a directory. */
    static Optional<FileStat> directoryAt(Directory parent, EntryName name) throws VarveException {
        return parent.find(name).filter(FileStat::isDirectory);
    }
}
