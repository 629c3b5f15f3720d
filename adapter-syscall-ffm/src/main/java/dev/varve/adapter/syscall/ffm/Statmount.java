package dev.varve.adapter.syscall.ffm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.mount.MountInfo;

/**
 * statmount(2): what mountinfo has of one mount, without the kernel writing down all the others, and this one twice if its
 * line is long. Complete since Linux 6.14, which added the source.
 */
final class Statmount {
    private static final int REQUEST_SIZE = 24;
    private static final int REQUEST_ID = 8;
    private static final int REQUEST_PARAM = 16;
    /** 500 lower directories of 100 bytes, and some; where more is to be told, mountinfo tells it. */
    private static final int SIZE = 1 << 16;
    /** MNT_BASIC, PROPAGATE_FROM, MNT_ROOT, MNT_POINT, FS_TYPE, MNT_OPTS, SB_SOURCE. */
    private static final long WANTED = 0x2 | 0x4 | 0x8 | 0x10 | 0x20 | 0x80 | 0x200;
    /** The kernel leaves a bit out where there is nothing to tell; the others must be there. */
    private static final long NEEDED = 0x2 | 0x8 | 0x10 | 0x20 | 0x200;
    private static final long OPTIONS = 0x80;
    private static final int AT_OPTIONS = 4;
    private static final int AT_MASK = 8;
    private static final int AT_TYPE = 36;
    private static final int AT_OLD_ID = 56;
    private static final int AT_OLD_PARENT = 60;
    private static final int AT_ATTRIBUTES = 64;
    private static final int AT_PROPAGATION = 72;
    private static final int AT_ROOT = 104;
    private static final int AT_POINT = 108;
    private static final int AT_SOURCE = 124;
    private static final int STRINGS = 512;
    private static final long MS_SHARED = 1 << 20;

    private Statmount() {}

    /**
     * @param uniqueId as statx(2) gives it for STATX_MNT_ID_UNIQUE
     * @return empty if the kernel does not tell, or not all of it
     */
    static Optional<MountInfo> find(long uniqueId) {
        try (Frame f = new Frame()) {
            Memory request = f.memory(REQUEST_SIZE);
            request.putInt(0, REQUEST_SIZE);
            request.putLong(REQUEST_ID, uniqueId);
            request.putLong(REQUEST_PARAM, WANTED);
            Memory s = f.buffer(SIZE);
            long r = f.call(Sysno.STATMOUNT, request.address(), s.address(), SIZE, 0);
            if (r != 0 || (s.getLong(AT_MASK) & NEEDED) != NEEDED) {
                return Optional.empty();
            }
            return Optional.of(read(s));
        }
    }

    private static MountInfo read(Memory s) {
        boolean hasOptions = (s.getLong(AT_MASK) & OPTIONS) != 0;
        return new MountInfo(s.getUnsigned(AT_OLD_ID), s.getUnsigned(AT_OLD_PARENT), text(s, AT_ROOT),
                text(s, AT_POINT), attributes(s.getLong(AT_ATTRIBUTES)), text(s, AT_TYPE), text(s, AT_SOURCE),
                hasOptions ? MountInfo.splitOptions(text(s, AT_OPTIONS)) : List.of(),
                (s.getLong(AT_PROPAGATION) & MS_SHARED) != 0);
    }

    private static String text(Memory s, int at) {
        return new String(s.text(STRINGS + s.getInt(at)), ProcFiles.HOST);
    }

    /** As mountinfo spells those that it shows. */
    private static List<String> attributes(long bits) {
        List<String> options = new ArrayList<>();
        options.add((bits & 1) != 0 ? "ro" : "rw");
        add(options, bits, 2, "nosuid");
        add(options, bits, 4, "nodev");
        add(options, bits, 8, "noexec");
        add(options, bits, 0x10, "noatime");
        add(options, bits, 0x80, "nodiratime");
        if ((bits & 0x70) == 0) {
            options.add("relatime");
        }
        add(options, bits, 0x200000, "nosymfollow");
        add(options, bits, 0x100000, "idmapped");
        return options;
    }

    private static void add(List<String> options, long bits, long bit, String name) {
        if ((bits & bit) != 0) {
            options.add(name);
        }
    }
}
