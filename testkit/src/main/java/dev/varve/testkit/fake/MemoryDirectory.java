package dev.varve.testkit.fake;

import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.OpenFile;

/** An open directory. */
final class MemoryDirectory extends MemoryInode implements Directory {
    private static final Errno ENAMETOOLONG = new Errno(36);
    private static final int LONGEST_NAME = 255;
    private static final int SETGID = 02000;
    private static final long EXT4_MAGIC = 0xef53;
    private static final long TOTAL = 1L << 30;

    MemoryDirectory(MemorySyscalls process, MemoryMounts.Seen seen, String label) {
        super(process, seen, label);
    }

    @Override
    public List<EntryName> list() throws SyscallFailedException {
        synchronized (disk) {
            enter("list", "");
            return List.copyOf(node.entries.keySet());
        }
    }

    @Override
    public Optional<FileStat> find(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("find", name);
            return Optional.ofNullable(node.entries.get(name)).map(this::seen).map(s -> s.node().stat(s.mount()));
        }
    }

    @Override
    public Xattrs xattrs(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("xattrsOf", name);
            return existing("xattrsOf", name).readXattrs();
        }
    }

    /** What is seen at an entry: what is mounted there, if anything is. */
    private MemoryMounts.Seen seen(MemoryNode entry) {
        return process.mounts().shared().seen(entry, sameMount(node));
    }

    @Override
    public Directory open(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("open", name);
            MemoryNode found = existing("open", name);
            if (!found.isDirectory()) {
                throw failure("open", name, Errno.ENOTDIR);
            }
            return new MemoryDirectory(process, seen(found), label + "/" + name);
        }
    }

    @Override
    public Directory resolve(EntryPath path) throws SyscallFailedException {
        synchronized (disk) {
            enter("resolve", path);
            MemoryMounts.Seen found = MemoryPaths.resolve(process.mounts().shared(), sameMount(node), path.toBytes())
                    .orElseThrow(errno -> failure("resolve", path, errno));
            return new MemoryDirectory(process, found, label + path);
        }
    }

    @Override
    public Inode inode(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("inode", name);
            return new MemoryInode(process, seen(existing("inode", name)), label + "/" + name);
        }
    }

    @Override
    public OpenFile read(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("read", name);
            return new MemoryFile(process, sameMount(existingFile("read", name)), label + "/" + name, false);
        }
    }

    @Override
    public OpenFile write(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("write", name);
            return new MemoryFile(process, sameMount(existingFile("write", name)), label + "/" + name, true);
        }
    }

    @Override
    public OpenFile create(EntryName name, int mode) throws SyscallFailedException {
        synchronized (disk) {
            MemoryNode made = make("create", name, FileType.REGULAR, mode);
            return new MemoryFile(process, sameMount(made), label + "/" + name, true);
        }
    }

    @Override
    public void makeDirectory(EntryName name, int mode) throws SyscallFailedException {
        synchronized (disk) {
            make("makeDirectory", name, FileType.DIRECTORY, mode);
        }
    }

    @Override
    public void makeSymlink(EntryName name, byte[] target) throws SyscallFailedException {
        synchronized (disk) {
            if (target.length == 0) {
                throw failure("makeSymlink", name, Errno.ENOENT);
            }
            make("makeSymlink", name, FileType.SYMLINK, 0777).target = target.clone();
        }
    }

    @Override
    public void makeNode(EntryName name, FileType type, int mode, int major, int minor) throws SyscallFailedException {
        synchronized (disk) {
            if (type == FileType.DIRECTORY || type == FileType.SYMLINK) {
                throw failure("makeNode", name, Errno.EINVAL);
            }
            MemoryNode made = make("makeNode", name, type, mode);
            boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
            made.major = device ? major : 0;
            made.minor = device ? minor : 0;
        }
    }

    private MemoryNode make(String call, EntryName name, FileType type, int mode) throws SyscallFailedException {
        enterGrowth(call, name);
        requireFree(call, name);
        MemoryNode made = disk.newNode(type, 0777);
        made.uid = process.host().uid();
        made.gid = process.host().gid();
        if (type != FileType.SYMLINK) {
            MemoryAcl.inherit(node.xattrs.get(MemoryAcl.DEFAULT), made, mode & 07777, process.host().umask());
        }
        if ((node.mode & SETGID) != 0) {
            // inode(7): what is made in a setgid directory is of its group, and a directory is setgid too.
            made.gid = node.gid;
            made.mode |= made.isDirectory() ? SETGID : 0;
        }
        disk.enter(node, name, made);
        return made;
    }

    @Override
    public void link(Directory from, EntryName existing, EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enterGrowth("link", existing + " as " + name);
            MemoryDirectory source = (MemoryDirectory) from;
            source.requireOpen();
            MemoryNode found = source.existing("link", existing);
            if (found.isDirectory()) {
                throw failure("link", existing, Errno.EPERM);
            }
            requireFree("link", name);
            disk.enter(node, name, found);
        }
    }

    @Override
    public byte[] readLink(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enter("readLink", name);
            MemoryNode found = existing("readLink", name);
            if (found.type != FileType.SYMLINK) {
                throw failure("readLink", name, Errno.EINVAL);
            }
            return found.target.clone();
        }
    }

    @Override
    public void remove(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("remove", name);
            if (existing("remove", name).isDirectory()) {
                throw failure("remove", name, Errno.EISDIR);
            }
            disk.leave(node, name);
        }
    }

    @Override
    public void removeDirectory(EntryName name) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("removeDirectory", name);
            MemoryNode found = existing("removeDirectory", name);
            if (!found.isDirectory()) {
                throw failure("removeDirectory", name, Errno.ENOTDIR);
            }
            if (process.mounts().shared().isMountPoint(found)) {
                throw failure("removeDirectory", name, Errno.EBUSY);
            }
            if (!found.entries.isEmpty()) {
                throw failure("removeDirectory", name, Errno.ENOTEMPTY);
            }
            disk.leave(node, name);
        }
    }

    @Override
    public void rename(EntryName name, Directory target, EntryName newName, boolean replace)
            throws SyscallFailedException {
        synchronized (disk) {
            enterChange("rename", name + " to " + newName);
            MemoryNode moved = existing("rename", name);
            MemoryDirectory to = (MemoryDirectory) target;
            to.requireOpen();
            to.requireUsable("rename", newName);
            MemoryNode old = to.node.entries.get(newName);
            if (old != null && !replace) {
                throw failure("rename", newName, Errno.EEXIST);
            }
            if (old == moved) {
                // rename(2): two names of one file are both left alone.
                return;
            }
            if (moved.isDirectory()) {
                requireOutside(moved, to.node, newName);
            }
            if (old != null) {
                requireReplaceable(moved, old, newName);
            }
            disk.move(node, name, to.node, newName);
        }
    }

    private void requireOutside(MemoryNode moved, MemoryNode target, EntryName newName) throws SyscallFailedException {
        for (MemoryNode at = target; at != null; at = at.parent) {
            if (at == moved) {
                throw failure("rename", newName, Errno.EINVAL);
            }
        }
    }

    private void requireReplaceable(MemoryNode moved, MemoryNode old, EntryName newName) throws SyscallFailedException {
        if (moved.isDirectory() && !old.isDirectory()) {
            throw failure("rename", newName, Errno.ENOTDIR);
        }
        if (!moved.isDirectory() && old.isDirectory()) {
            throw failure("rename", newName, Errno.EISDIR);
        }
        if (!old.entries.isEmpty()) {
            throw failure("rename", newName, Errno.ENOTEMPTY);
        }
    }

    @Override
    public void sync() throws SyscallFailedException {
        synchronized (disk) {
            enter("sync", "");
            disk.syncNames(node);
        }
    }

    @Override
    public void syncFileSystem() throws SyscallFailedException {
        synchronized (disk) {
            enter("syncFileSystem", "");
            disk.syncAll();
        }
    }

    @Override
    public FileSystemFacts fileSystem() throws SyscallFailedException {
        synchronized (disk) {
            enter("fileSystem", "");
            return new FileSystemFacts(EXT4_MAGIC, TOTAL, disk.full ? 0 : TOTAL / 2, disk.readOnly || readOnly);
        }
    }

    @Override
    public boolean tryLock(LockMode mode) throws SyscallFailedException {
        synchronized (disk) {
            enter("tryLock", mode);
            boolean mine = node.lockers.contains(this);
            boolean others = node.lockers.size() > (mine ? 1 : 0);
            if (mode == LockMode.EXCLUSIVE && others || mode == LockMode.SHARED && others && node.lockedExclusively) {
                return false;
            }
            unlock();
            if (mode != LockMode.NONE) {
                node.lockers.add(this);
                node.lockedExclusively = mode == LockMode.EXCLUSIVE;
            }
            return true;
        }
    }

    private MemoryNode existing(String call, EntryName name) throws SyscallFailedException {
        requireShort(call, name);
        MemoryNode found = node.entries.get(name);
        if (found == null) {
            throw failure(call, name, Errno.ENOENT);
        }
        return found;
    }

    private MemoryNode existingFile(String call, EntryName name) throws SyscallFailedException {
        MemoryNode found = existing(call, name);
        switch (found.type) {
            case REGULAR -> { return found; }
            case SYMLINK -> throw failure(call, name, Errno.ELOOP);
            case DIRECTORY -> throw failure(call, name, Errno.EISDIR);
            default -> throw failure(call, name, Errno.ENXIO);
        }
    }

    private void requireFree(String call, EntryName name) throws SyscallFailedException {
        requireUsable(call, name);
        if (node.entries.containsKey(name)) {
            throw failure(call, name, Errno.EEXIST);
        }
    }

    private void requireUsable(String call, EntryName name) throws SyscallFailedException {
        requireShort(call, name);
        if (node.names == 0) {
            // A directory that was removed takes no new entries.
            throw failure(call, name, Errno.ENOENT);
        }
    }

    private void requireShort(String call, EntryName name) throws SyscallFailedException {
        if (name.length() > LONGEST_NAME) {
            throw failure(call, name, ENAMETOOLONG);
        }
    }
}
