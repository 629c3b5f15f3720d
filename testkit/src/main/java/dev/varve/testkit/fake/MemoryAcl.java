package dev.varve.testkit.fake;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * POSIX access control lists as Linux keeps them beside a file's mode (acl(5), {@code linux/posix_acl_xattr.h},
 * {@code fs/posix_acl.c}): a version, then entries of tag, permissions and id.
 */
final class MemoryAcl {
    static final String ACCESS = "system.posix_acl_access";
    static final String DEFAULT = "system.posix_acl_default";
    private static final int HEADER = 4;
    private static final int ENTRY = 8;
    private static final int VERSION = 2;
    private static final int OWNER = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP = 0x04;
    private static final int OTHER_GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHERS = 0x20;

    private MemoryAcl() {}

    /** Whether the bytes are a list at all. */
    static boolean isValid(byte[] acl) {
        if (acl.length < HEADER + 3 * ENTRY || (acl.length - HEADER) % ENTRY != 0 || buffer(acl).getInt(0) != VERSION) {
            return false;
        }
        for (int at = HEADER; at < acl.length; at += ENTRY) {
            switch (tag(acl, at)) {
                case OWNER, USER, GROUP, OTHER_GROUP, MASK, OTHERS -> {
                    if (permissions(acl, at) > 7) {
                        return false;
                    }
                }
                default -> { return false; }
            }
        }
        return find(acl, OWNER) >= 0 && find(acl, GROUP) >= 0 && find(acl, OTHERS) >= 0;
    }

    /** The mode that a file has once it has the access list. */
    static int modeWith(byte[] acl, int mode) {
        return mode & 07000 | permissions(acl, find(acl, OWNER)) << 6 | permissions(acl, groupClass(acl)) << 3
                | permissions(acl, find(acl, OTHERS));
    }

    /** Whether the mode says all that the list does, so that the list is not kept. */
    static boolean isModeOnly(byte[] acl) {
        return acl.length == HEADER + 3 * ENTRY && find(acl, MASK) < 0;
    }

    /** The access list once the file has that mode. */
    static byte[] afterChmod(byte[] acl, int mode) {
        byte[] changed = acl.clone();
        put(changed, find(acl, OWNER), mode >> 6 & 7);
        put(changed, groupClass(acl), mode >> 3 & 7);
        put(changed, find(acl, OTHERS), mode & 7);
        return changed;
    }

    /** Gives a new file what the default list of its directory, if there is one, makes of the mode that it asks for. */
    static void inherit(byte @Nullable [] inherited, MemoryNode made, int mode, int umask) {
        if (inherited == null) {
            made.mode = mode & ~umask;
            return;
        }
        int allowed = mode & (modeWith(inherited, 0) | 07000);
        if (made.isDirectory()) {
            made.xattrs.put(DEFAULT, inherited.clone());
        }
        if (!isModeOnly(inherited)) {
            made.xattrs.put(ACCESS, afterChmod(inherited, allowed));
        }
        made.mode = allowed;
    }

    private static int groupClass(byte[] acl) {
        int mask = find(acl, MASK);
        return mask >= 0 ? mask : find(acl, GROUP);
    }

    private static int find(byte[] acl, int tag) {
        for (int at = HEADER; at < acl.length; at += ENTRY) {
            if (tag(acl, at) == tag) {
                return at;
            }
        }
        return -1;
    }

    private static int tag(byte[] acl, int at) {
        return buffer(acl).getShort(at);
    }

    private static int permissions(byte[] acl, int at) {
        return buffer(acl).getShort(at + 2);
    }

    private static void put(byte[] acl, int at, int permissions) {
        buffer(acl).putShort(at + 2, (short) permissions);
    }

    private static ByteBuffer buffer(byte[] acl) {
        return ByteBuffer.wrap(acl).order(ByteOrder.LITTLE_ENDIAN);
    }
}
