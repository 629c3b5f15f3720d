package dev.varve.adapter.syscall.ffm;

import java.time.Instant;

import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;

/** {@code struct statx} (statx(2)), whose layout is the same on every architecture. */
final class Statx {
    static final int SIZE = 256;
    /** STATX_BASIC_STATS and STATX_MNT_ID. */
    static final int MASK = 0x7ff | 0x1000;
    /** STATX_MNT_ID_UNIQUE (Linux 6.8), in the place of STATX_MNT_ID. */
    static final int UNIQUE_MOUNT = 0x4000;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_EMPTY_PATH = 0x1000;
    private static final long ATTRIBUTE_MOUNT_ROOT = 0x2000;

    private Statx() {}

    static FileStat read(Memory s) {
        int mode = s.getShort(28);
        return new FileStat(FileType.ofMode(mode), mode & 07777, s.getUnsigned(20), s.getUnsigned(24), s.getLong(40),
                s.getLong(48), Instant.ofEpochSecond(s.getLong(112), s.getInt(120)), s.getLong(32),
                s.getUnsigned(136) << 32 | s.getUnsigned(140), s.getInt(16), s.getInt(128), s.getInt(132),
                s.getLong(144));
    }

    static boolean isMountRoot(Memory s) {
        return (s.getLong(8) & ATTRIBUTE_MOUNT_ROOT) != 0;
    }

    /** Whether the mount's id is one that is never given out again, as was asked for. */
    static boolean hasUniqueMount(Memory s) {
        return (s.getInt(0) & UNIQUE_MOUNT) != 0;
    }
}
