package dev.varve.adapter.archive.tar;

import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Node;

/**
 * What one entry says in its header block and in the extensions before it; {@link TarLayerReader} states which wins.
 * Arrays are shared, and good until the input moves. A contradiction is an {@link IllegalArgumentException}.
 *
 * @param longName  from GNU's type {@code L}
 * @param longLink  from GNU's type {@code K}
 * @param pathBytes of one name at most
 * @param b         the buffer that holds the header block
 * @param at        where in it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EntryFields(PaxRecords pax, byte @Nullable [] longName, byte @Nullable [] longLink, int pathBytes, byte[] b,
        int at) {
    /** What Linux makes of a device number: 12 and 20 bits (include/linux/kdev_t.h). */
    private static final int MAX_MAJOR = 0xfff;
    private static final int MAX_MINOR = 0xfffff;

    /** The name, not empty. */
    byte[] name() {
        requireSame(pax.path, longName, "name");
        byte[] name = pax.sparseName != null ? pax.sparseName
                : pax.path != null ? pax.path : longName != null ? longName : UstarHeader.name(b, at);
        if (name.length == 0) {
            throw new IllegalArgumentException("an entry without a name");
        }
        return limited(name);
    }

    byte[] link() {
        requireSame(pax.link, longLink, "link");
        return limited(pax.link != null ? pax.link : longLink != null ? longLink : UstarHeader.link(b, at));
    }

    private byte[] limited(byte[] name) {
        if (name.length > pathBytes) {
            throw new IllegalArgumentException("a name longer than " + pathBytes + " bytes");
        }
        return name;
    }

    private static void requireSame(byte @Nullable [] pax, byte @Nullable [] gnu, String what) {
        if (pax != null && gnu != null && !Arrays.equals(pax, gnu)) {
            throw new IllegalArgumentException("two different " + what + "s for one entry");
        }
    }

    Attributes attributes() {
        long uid = pax.uid != PaxRecords.ABSENT ? pax.uid : UstarHeader.uid(b, at);
        long gid = pax.gid != PaxRecords.ABSENT ? pax.gid : UstarHeader.gid(b, at);
        Instant modified = pax.modified != null ? pax.modified : PaxTime.of(UstarHeader.modified(b, at), 0);
        return new Attributes(UstarHeader.mode(b, at), uid, gid, modified, pax.xattrs);
    }

    /** Of the content as it is stored, a sparse map that stands in it included. */
    long storedSize() {
        long size = pax.size != PaxRecords.ABSENT ? pax.size : UstarHeader.size(b, at);
        if (size > Long.MAX_VALUE - UstarHeader.BLOCK) {
            throw new IllegalArgumentException("the size is too large");
        }
        return size;
    }

    Node symlink() throws UnsafePathException {
        byte[] target = link();
        if (target.length == 0) {
            throw new IllegalArgumentException("a symbolic link without a target");
        }
        for (byte b : target) {
            if (b == 0) {
                throw new UnsafePathException("symbolic link with a NUL in its target");
            }
        }
        return new Node.Symlink(target);
    }

    Node device(FileType type) {
        long major = pax.deviceMajor != PaxRecords.ABSENT ? pax.deviceMajor : UstarHeader.deviceMajor(b, at);
        long minor = pax.deviceMinor != PaxRecords.ABSENT ? pax.deviceMinor : UstarHeader.deviceMinor(b, at);
        if (major > MAX_MAJOR || minor > MAX_MINOR) {
            throw new IllegalArgumentException("no device of Linux: " + major + ":" + minor);
        }
        return new Node.Device(type, (int) major, (int) minor);
    }
}
