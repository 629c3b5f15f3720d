package dev.varve.app.tree;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.Inode;

/**
 * Gives files their attributes in the order that keeps them: owner first, which clears setuid; then mode; then extended
 * attributes, since an ACL changes the mode's group bits as the layer has them already; the time last. What this user or
 * this file system cannot have is noted, not dropped.
 */
public final class AttributeWriter {
    private final HostFacts host;
    private static final String ACCESS_ACL = "system.posix_acl_access";
    private static final String DEFAULT_ACL = "system.posix_acl_default";
    private final Omissions omissions;
    /** Whether a directory of the tree may have a default ACL, which new files inherit whether the layer says so or not. */
    private boolean aclsInherited;
    /** Whether a directory of the tree may be setgid, and so give its group to new files. */
    private boolean groupsInherited;

    public AttributeWriter(HostFacts host, Omissions omissions) {
        this.host = host;
        this.omissions = omissions;
    }

    /** Notes the attributes of a directory that was not made here and that files are going to be made in. */
    public void beneath(Attributes directory) {
        aclsInherited |= directory.xattrs().has(DEFAULT_ACL);
        noteGroup(FileType.DIRECTORY, directory);
    }

    public Omissions omissions() {
        return omissions;
    }

    /**
     * All attributes of a file that was just made by this process.
     *
     * @param createdMode the mode that it was made with, or -1 where that is not known to have come through
     */
    public void ofNew(Inode file, EntryPath path, FileType type, Attributes wanted, int createdMode)
            throws VarveException {
        boolean owned = owner(file, path, wanted);
        if (aclsInherited && type != FileType.SYMLINK) {
            dropInheritedAcls(file, wanted);
        }
        if (type != FileType.SYMLINK && (owned || aclsInherited || !hasMode(wanted, createdMode))) {
            file.setMode(wanted.mode());
        }
        noteGroup(type, wanted);
        xattrs(file, path, wanted);
        file.setModified(wanted.modified());
    }

    /** Whether a new file needs only its mode and its time to have these attributes: none of them can be left out. */
    public boolean arePlain(Attributes wanted) {
        return wanted.xattrs().isEmpty() && wanted.uid() == host.uid() && wanted.gid() == host.gid() && !groupsInherited
                && !aclsInherited;
    }

    /** The same as {@link #ofNew} for a file whose attributes were plain when it was made; by any thread. */
    public void ofNewPlain(Inode file, Attributes wanted, int createdMode) throws VarveException {
        if (!hasMode(wanted, createdMode)) {
            file.setMode(wanted.mode());
        }
        file.setModified(wanted.modified());
    }

    /** Whether a file that was made with the mode came to have the one wanted. */
    private boolean hasMode(Attributes wanted, int createdMode) {
        return createdMode == wanted.mode() && (wanted.mode() & (host.umask() | 07000)) == 0;
    }

    /** Brings a directory that may have other attributes to those wanted; the time is the caller's affair. */
    public void ofDirectory(Inode directory, EntryPath path, Attributes wanted) throws VarveException {
        omissions.forget(path);
        FileStat now = directory.stat();
        if (now.uid() != wanted.uid() || now.gid() != wanted.gid()) {
            change(directory, path, wanted);
        }
        for (String name : directory.xattrs().names()) {
            if (XattrPolicy.belongsToLayer(name) && !wanted.xattrs().has(name)) {
                directory.removeXattr(name);
            }
        }
        directory.setMode(wanted.mode());
        noteGroup(FileType.DIRECTORY, wanted);
        xattrs(directory, path, wanted);
    }

    private void noteGroup(FileType type, Attributes wanted) {
        groupsInherited |= type == FileType.DIRECTORY && (wanted.mode() & 02000) != 0;
    }

    private static void dropInheritedAcls(Inode file, Attributes wanted) throws VarveException {
        for (String acl : new String[]{ACCESS_ACL, DEFAULT_ACL}) {
            if (!wanted.xattrs().has(acl)) {
                file.removeXattr(acl);
            }
        }
    }

    private boolean owner(Inode file, EntryPath path, Attributes wanted) throws VarveException {
        if (wanted.uid() == host.uid() && wanted.gid() == host.gid() && !groupsInherited) {
            return false;
        }
        FileStat now = file.stat();
        return (now.uid() != wanted.uid() || now.gid() != wanted.gid()) && change(file, path, wanted);
    }

    private boolean change(Inode file, EntryPath path, Attributes wanted) throws VarveException {
        if (host.mayChown()) {
            try {
                file.setOwner(wanted.uid(), wanted.gid());
                return true;
            } catch (SyscallFailedException e) {
                if (!e.errno().equals(Errno.EPERM) && !e.errno().equals(Errno.EINVAL)) {
                    throw e;
                }
            }
        }
        omissions.add(path, "owner", wanted.uid() + ":" + wanted.gid());
        return false;
    }

    private void xattrs(Inode file, EntryPath path, Attributes wanted) throws VarveException {
        if (wanted.xattrs().isEmpty()) {
            return;
        }
        for (String name : wanted.xattrs().names()) {
            if (!XattrPolicy.belongsToLayer(name)) {
                omissions.add(path, "extended attribute of the host or of overlayfs,", name);
                continue;
            }
            try {
                file.setXattr(name, wanted.xattrs().value(name));
                aclsInherited |= name.equals(DEFAULT_ACL);
            } catch (SyscallFailedException e) {
                if (!e.errno().isPermission() && !e.errno().equals(Errno.EOPNOTSUPP)
                        && !e.errno().equals(Errno.EINVAL)) {
                    throw e;
                }
                omissions.add(path, "extended attribute", name + " (" + e.errno() + ")");
            }
        }
    }
}
