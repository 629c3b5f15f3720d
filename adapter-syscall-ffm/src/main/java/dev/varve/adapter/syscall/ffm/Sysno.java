package dev.varve.adapter.syscall.ffm;

import java.util.Locale;

/** System call numbers, from {@code asm/unistd_64.h} and {@code asm-generic/unistd.h}. */
enum Sysno {
    CHDIR(80, 49),
    CLOSE(3, 57),
    COPY_FILE_RANGE(326, 285),
    FCHMOD(91, 52),
    FCHMODAT(268, 53),
    FCHOWNAT(260, 54),
    FGETXATTR(193, 10),
    FLISTXATTR(196, 13),
    FLOCK(73, 32),
    FREMOVEXATTR(199, 16),
    FSCONFIG(431, 431),
    FSETXATTR(190, 7),
    FSMOUNT(432, 432),
    FSOPEN(430, 430),
    FSTATFS(138, 44),
    FSYNC(74, 82),
    FTRUNCATE(77, 46),
    GETDENTS64(217, 61),
    GETXATTR(191, 8),
    IOCTL(16, 29),
    KILL(62, 129),
    LGETXATTR(192, 9),
    LINKAT(265, 37),
    LISTXATTR(194, 11),
    LLISTXATTR(195, 12),
    LSEEK(8, 62),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    MOUNT(165, 40),
    MOUNT_SETATTR(442, 442),
    MOVE_MOUNT(429, 429),
    OPENAT(257, 56),
    OPENAT2(437, 437),
    OPEN_TREE(428, 428),
    PRCTL(157, 167),
    PREAD64(17, 67),
    PWRITE64(18, 68),
    READ(0, 63),
    READLINKAT(267, 78),
    REMOVEXATTR(197, 14),
    RENAMEAT2(316, 276),
    SETFSGID(123, 152),
    SETFSUID(122, 151),
    SETXATTR(188, 5),
    STATMOUNT(457, 457),
    STATX(332, 291),
    SYMLINKAT(266, 36),
    SYNCFS(306, 267),
    UMOUNT2(166, 39),
    UNLINKAT(263, 35),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    WAIT4(61, 260),
    WRITE(1, 64);

    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
    private final int x86;
    private final int arm;

    Sysno(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** The number on the architecture that this JVM runs on. */
    int number() {
        return ARM ? arm : x86;
    }

    /** The name as the manual page spells it. */
    String manual() {
        return name().toLowerCase(Locale.ROOT);
    }
}
