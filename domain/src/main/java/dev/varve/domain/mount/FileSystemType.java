package dev.varve.domain.mount;

import java.util.Arrays;
import java.util.Optional;

/**
 * A type of file system, by the magic number that statfs(2) gives for it: that of {@code linux/magic.h} and of statfs(2)'s
 * manual page, and for a type that neither has (aufs, zfs, bcachefs, ntfs3, vboxsf, gfs2, lustre) that of its own source.
 */
public enum FileSystemType {
    AUFS("aufs", 0x61756673L),
    BCACHEFS("bcachefs", 0xCA451A4EL),
    BTRFS("btrfs", 0x9123683EL),
    CEPH("ceph", 0x00C36400L),
    CIFS("cifs", 0xFF534D42L),
    CRAMFS("cramfs", 0x28CD3D45L),
    ECRYPTFS("ecryptfs", 0xF15FL),
    EROFS("erofs", 0xE0F5E1E2L),
    EXFAT("exfat", 0x2011BAB0L),
    /** ext2, ext3 and ext4 share one number. */
    EXT("extfs", 0xEF53L),
    F2FS("f2fs", 0xF2F52010L),
    /** virtiofs answers with this number too. */
    FUSE("fuse", 0x65735546L),
    GFS2("gfs2", 0x01161970L),
    HOSTFS("hostfs", 0x00C0FFEEL),
    ISO9660("iso9660", 0x9660L),
    JFS("jfs", 0x3153464AL),
    LUSTRE("lustre", 0x0BD00BD0L),
    NFS("nfs", 0x6969L),
    NILFS("nilfs2", 0x3434L),
    NTFS("ntfs", 0x5346544EL),
    NTFS3("ntfs3", 0x7366746EL),
    OCFS2("ocfs2", 0x7461636FL),
    OVERLAY("overlay", 0x794C7630L),
    /** 9p, as virtual machines share directories. */
    PLAN9("9p", 0x01021997L),
    PROC("proc", 0x9FA0L),
    RAMFS("ramfs", 0x858458F6L),
    REISERFS("reiserfs", 0x52654973L),
    SMB("smb", 0x517BL),
    SMB2("smb2", 0xFE534D42L),
    SQUASHFS("squashfs", 0x73717368L),
    SYSFS("sysfs", 0x62656572L),
    /** devtmpfs too. */
    TMPFS("tmpfs", 0x01021994L),
    UDF("udf", 0x15013346L),
    VBOXSF("vboxsf", 0x786F4256L),
    VFAT("vfat", 0x4D44L),
    XFS("xfs", 0x58465342L),
    ZFS("zfs", 0x2FC12FC1L);

    private final String text;
    private final long magic;

    FileSystemType(String text, long magic) {
        this.text = text;
        this.magic = magic;
    }

    /** The type with this number, if it is known. Only the lower 32 bits count: some C libraries extend the sign. */
    public static Optional<FileSystemType> of(long magic) {
        return Arrays.stream(values()).filter(t -> t.magic == (magic & 0xFFFF_FFFFL)).findFirst();
    }

    /** For people: the name of the type with this number, else the number. */
    public static String name(long magic) {
        return of(magic).map(FileSystemType::toString).orElse("0x" + Long.toHexString(magic & 0xFFFF_FFFFL));
    }

    public long magic() {
        return magic;
    }

    /** As mount(8) calls it, but {@code extfs} for the three of that family. */
    @Override
    public String toString() {
        return text;
    }
}
