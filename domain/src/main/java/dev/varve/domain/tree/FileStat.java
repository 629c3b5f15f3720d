package dev.varve.domain.tree;

import java.time.Instant;

/**
 * What statx(2) tells of a file.
 *
 * @param size   in bytes, holes included
 * @param blocks allocated, in units of 512 bytes
 * @param device the device that holds the file, major and minor folded into one number that only compares
 * @param rdevMajor of a device node, else 0
 * @param rdevMinor of a device node, else 0
 * @param mountId of the mount that the file was reached through
 */
public record FileStat(FileType type, int mode, long uid, long gid, long size, long blocks, Instant modified,
        long inode, long device, int links, int rdevMajor, int rdevMinor, long mountId) {

    /** Whether this is the character device 0:0, which overlayfs reads as a whiteout. */
    public boolean isZeroDevice() {
        return type == FileType.CHARACTER_DEVICE && rdevMajor == 0 && rdevMinor == 0;
    }

    public boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /** The same with other permission bits. */
    public FileStat withMode(int other) {
        return new FileStat(type, other, uid, gid, size, blocks, modified, inode, device, links, rdevMajor, rdevMinor,
                mountId);
    }

    /** Whether both name one inode. */
    public boolean sameInode(FileStat other) {
        return inode == other.inode && device == other.device;
    }

    /** Whether both were reached through one mount; where the kernel does not tell (before 5.8), whether one device has both. */
    public boolean sameMount(FileStat other) {
        return mountId == 0 || other.mountId == 0 ? device == other.device : mountId == other.mountId;
    }

    /** The attributes, with those extended ones. */
    public Attributes attributes(Xattrs xattrs) {
        return new Attributes(mode, uid, gid, modified, xattrs);
    }
}
