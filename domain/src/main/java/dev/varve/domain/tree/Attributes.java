package dev.varve.domain.tree;

import java.time.Instant;

/**
 * What is known of a file besides its type and content.
 *
 * @param mode     permission bits with setuid, setgid and sticky: 0 to 07777
 * @param uid      0 to 2^32-2
 * @param gid      0 to 2^32-2
 * @param modified the modification time, in nanoseconds
 * @param xattrs   extended attributes, access control lists among them
 */
public record Attributes(int mode, long uid, long gid, Instant modified, Xattrs xattrs) {
    private static final long LAST_ID = 0xffff_fffeL;

    /** @throws IllegalArgumentException if a value is out of range; id 2^32-1 means "unchanged" to chown(2) */
    public Attributes {
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException("not permission bits: 0" + Integer.toOctalString(mode));
        }
        if (uid < 0 || uid > LAST_ID || gid < 0 || gid > LAST_ID) {
            throw new IllegalArgumentException("owner out of range: " + uid + ":" + gid);
        }
    }

    /** Those of a directory that an archive needs but does not name: root's, 0755, the epoch. */
    public static Attributes missingParent() {
        return new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);
    }
}
