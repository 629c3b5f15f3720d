package dev.varve.adapter.syscall.ffm;

/**
 * Where a file's data lies on its device: ioctl(2) FS_IOC_FIEMAP (Documentation/filesystems/fiemap.rst), read a run of
 * extents at a time. Extents that were set aside and never written (xfs has such in holes and beyond the end) read as
 * zeros, like holes, and are passed over.
 */
final class Fiemap {
    private static final long FS_IOC_FIEMAP = 0xC020_660BL;
    private static final int FIEMAP_FLAG_SYNC = 1;
    /** Unknown, not allocated yet, encoded, encrypted, not aligned, inline, packed: the place says nothing then. */
    private static final int VAGUE = 0x2 | 0x4 | 0x8 | 0x80 | 0x100 | 0x200 | 0x400;
    private static final int UNWRITTEN = 0x800;
    private static final int SHARED = 0x2000;
    private static final int HEADER = 32;
    private static final int EXTENT = 56;
    private static final int AT_ONCE = 64;
    private final Frame frame;
    private final int fd;
    private final long size;
    private final Memory extents;
    private int count = AT_ONCE;
    private int current = AT_ONCE - 1;
    private long end;

    private Fiemap(Frame frame, int fd, long size) {
        this.frame = frame;
        this.fd = fd;
        this.size = size;
        this.extents = frame.memory(HEADER + AT_ONCE * EXTENT);
    }

    /** Whether the first {@code size} bytes of both files are known to be the very same extents, one at least. */
    static boolean same(Frame frame, int one, int other, long size) {
        Fiemap a = new Fiemap(frame, one, size);
        Fiemap b = new Fiemap(frame, other, size);
        for (long i = 0;; i++) {
            boolean more = a.next();
            if (b.next() != more) {
                return false;
            }
            if (!more) {
                return i > 0 && a.count >= 0 && b.count >= 0;
            }
            if (!a.shared() || !b.shared() || a.logical() != b.logical() || a.physical() != b.physical()
                    || a.end != b.end) {
                return false;
            }
        }
    }

    /** Goes to the next extent that was written; false at the end, and where the file system cannot tell. */
    private boolean next() {
        do {
            if (++current >= count) {
                if (count < AT_ONCE || end >= size) {
                    return false;
                }
                count = query();
                current = 0;
                if (count <= 0) {
                    return false;
                }
            }
            end = Math.min(size, logical() + word(16));
        } while ((flags() & UNWRITTEN) != 0);
        return true;
    }

    /** Reads the extents from {@code end} on; returns how many there are, or less than 0 on a failure. */
    private int query() {
        extents.clear(HEADER);
        extents.putLong(0, end);
        extents.putLong(8, size - end);
        extents.putInt(16, FIEMAP_FLAG_SYNC);
        extents.putInt(24, AT_ONCE);
        long r = frame.call(Sysno.IOCTL, fd, FS_IOC_FIEMAP, extents.address());
        return r < 0 ? -1 : extents.getInt(20);
    }

    private boolean shared() {
        return (flags() & VAGUE) == 0 && (flags() & SHARED) != 0;
    }

    private int flags() {
        return extents.getInt(HEADER + current * EXTENT + 40);
    }

    private long logical() {
        return word(0);
    }

    private long physical() {
        return word(8);
    }

    private long word(int offset) {
        return extents.getLong(HEADER + current * EXTENT + offset);
    }
}
