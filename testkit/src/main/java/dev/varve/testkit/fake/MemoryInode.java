package dev.varve.testkit.fake;

import java.time.Instant;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Inode;

/** A handle of one process on a {@link MemoryNode}. */
class MemoryInode implements Inode {
    private static final int SETUID = 04000;
    private static final int SETGID = 02000;
    private static final int GROUP_EXECUTE = 010;
    private static final String CAPABILITY = "security.capability";
    final MemorySyscalls process;
    final MemoryDisk disk;
    final MemoryNode node;
    /** How the handle is called in messages. */
    final String label;
    /** Whether the mount that the handle was opened through is read-only. */
    final boolean readOnly;
    /** The id of that mount. */
    final long mount;
    private boolean closed;

    MemoryInode(MemorySyscalls process, MemoryMounts.Seen seen, String label) {
        this.process = process;
        this.disk = process.disk();
        this.node = seen.node();
        this.readOnly = seen.readOnly();
        this.mount = seen.mount();
        this.label = label;
        process.opened(this);
    }

    /** Begins a call: counts it, and lets it fail if it is to. The monitor of the disk is held. */
    final void enter(String call, Object argument) throws SyscallFailedException {
        process.faults().enter(call, label + ", " + argument);
        requireOpen();
    }

    /** Another file as it is seen through the same mount. */
    final MemoryMounts.Seen sameMount(MemoryNode other) {
        return new MemoryMounts.Seen(other, readOnly, mount);
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed: " + label);
        }
    }

    /** As the other, for a call that changes the file system. */
    final void enterChange(String call, Object argument) throws SyscallFailedException {
        enter(call, argument);
        if (disk.readOnly || readOnly) {
            throw failure(call, argument, Errno.EROFS);
        }
    }

    /** As the other, for a change that takes space. */
    final void enterGrowth(String call, Object argument) throws SyscallFailedException {
        enterChange(call, argument);
        if (disk.full) {
            throw failure(call, argument, Errno.ENOSPC);
        }
    }

    final SyscallFailedException failure(String call, Object argument, Errno errno) {
        return new SyscallFailedException(call + "(" + label + ", " + argument + ")", errno);
    }

    @Override
    public FileStat stat() throws SyscallFailedException {
        synchronized (disk) {
            enter("stat", "");
            return node.stat(mount);
        }
    }

    @Override
    public Xattrs xattrs() throws SyscallFailedException {
        synchronized (disk) {
            enter("xattrs", "");
            return node.readXattrs();
        }
    }

    @Override
    public void setOwner(long uid, long gid) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("setOwner", uid + ":" + gid);
            node.uid = uid;
            node.gid = gid;
            if (!node.isDirectory()) {
                // chown(2): setgid without group execute is no setgid program, and stays.
                node.mode &= ~(SETUID | ((node.mode & GROUP_EXECUTE) != 0 ? SETGID : 0));
                dropCapability();
            }
        }
    }

    @Override
    public void setMode(int mode) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("setMode", Integer.toOctalString(mode));
            if (node.type == FileType.SYMLINK) {
                throw failure("setMode", Integer.toOctalString(mode), Errno.EOPNOTSUPP);
            }
            node.mode = mode & 07777;
            byte[] acl = node.xattrs.get(MemoryAcl.ACCESS);
            if (acl != null) {
                node.xattrs.put(MemoryAcl.ACCESS, MemoryAcl.afterChmod(acl, mode));
            }
        }
    }

    @Override
    public void setModified(Instant time) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("setModified", time);
            node.modified = time;
        }
    }

    @Override
    public void setXattr(String name, byte[] value) throws SyscallFailedException {
        synchronized (disk) {
            enterGrowth("setXattr", name);
            if (name.startsWith("user.") && node.type != FileType.REGULAR && !node.isDirectory()) {
                throw failure("setXattr", name, Errno.EPERM);
            }
            if (name.indexOf('.') < 0) {
                throw failure("setXattr", name, Errno.EOPNOTSUPP);
            }
            if (name.equals(MemoryAcl.ACCESS) || name.equals(MemoryAcl.DEFAULT)) {
                setAcl(name, value);
            } else {
                node.xattrs.put(name, value.clone());
            }
        }
    }

    private void setAcl(String name, byte[] acl) throws SyscallFailedException {
        if (node.type == FileType.SYMLINK) {
            throw failure("setXattr", name, Errno.EOPNOTSUPP);
        }
        if (!MemoryAcl.isValid(acl)) {
            throw failure("setXattr", name, Errno.EINVAL);
        }
        if (name.equals(MemoryAcl.DEFAULT)) {
            if (!node.isDirectory()) {
                throw failure("setXattr", name, Errno.EACCES);
            }
            node.xattrs.put(name, acl.clone());
            return;
        }
        node.mode = MemoryAcl.modeWith(acl, node.mode);
        if (MemoryAcl.isModeOnly(acl)) {
            node.xattrs.remove(name);
        } else {
            node.xattrs.put(name, acl.clone());
        }
    }

    /** capabilities(7): whoever changes the content or the owner of a program takes its capabilities away. */
    final void dropCapability() {
        node.xattrs.remove(CAPABILITY);
    }

    @Override
    public void removeXattr(String name) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("removeXattr", name);
            node.xattrs.remove(name);
        }
    }

    /** No call that is counted: it never fails, not even in a dead process. */
    @Override
    public void close() {
        synchronized (disk) {
            if (!closed) {
                closed = true;
                unlock();
                process.closed(this);
            }
        }
    }

    final void unlock() {
        if (node.lockers.remove(this)) {
            node.lockedExclusively = false;
        }
    }
}
