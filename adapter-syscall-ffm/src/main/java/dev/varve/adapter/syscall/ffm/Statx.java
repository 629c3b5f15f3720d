package dev.varve.adapter.syscall.ffm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    static FileStat read(MemorySegment s) {
        int mode = s.get(ValueLayout.JAVA_SHORT, 28) & 0xffff;
        return new FileStat(FileType.ofMode(mode), mode & 07777, u32(s, 20), u32(s, 24),
                s.get(ValueLayout.JAVA_LONG, 40), s.get(ValueLayout.JAVA_LONG, 48),
                Instant.ofEpochSecond(s.get(ValueLayout.JAVA_LONG, 112), s.get(ValueLayout.JAVA_INT, 120)),
                s.get(ValueLayout.JAVA_LONG, 32), u32(s, 136) << 32 | u32(s, 140), s.get(ValueLayout.JAVA_INT, 16),
                s.get(ValueLayout.JAVA_INT, 128), s.get(ValueLayout.JAVA_INT, 132), s.get(ValueLayout.JAVA_LONG, 144));
    }

    static boolean isMountRoot(MemorySegment s) {
        return (s.get(ValueLayout.JAVA_LONG, 8) & ATTRIBUTE_MOUNT_ROOT) != 0;
    }

    /** Whether the mount's id is one that is never given out again, as was asked for. */
    static boolean hasUniqueMount(MemorySegment s) {
        return (s.get(ValueLayout.JAVA_INT, 0) & UNIQUE_MOUNT) != 0;
    }

    private static long u32(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_INT, at) & 0xffff_ffffL;
    }
}
