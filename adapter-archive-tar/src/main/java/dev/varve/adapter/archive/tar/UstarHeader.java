package dev.varve.adapter.archive.tar;

import java.util.Arrays;

/**
 * The fields of one header block (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"),
 * read and written in place so that an entry costs no objects. A malformed field is an
 * {@link IllegalArgumentException}, which the reader turns into bad data at its offset.
 */
final class UstarHeader {
    static final int BLOCK = 512;
    static final int NAME_LENGTH = 100;
    static final int PREFIX_LENGTH = 155;
    static final long MAX_OCTAL_12 = 0_77777777777L;
    static final long MAX_OCTAL_8 = 0_7777777L;
    private static final int NAME = 0;
    private static final int MODE = 100;
    private static final int UID = 108;
    private static final int GID = 116;
    private static final int SIZE = 124;
    private static final int MTIME = 136;
    private static final int CHECKSUM = 148;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int DEV_MAJOR = 329;
    private static final int DEV_MINOR = 337;
    private static final int PREFIX = 345;
    private static final byte[] ZEROS = new byte[BLOCK];

    private UstarHeader() {}

    static boolean isEmpty(byte[] b, int at) {
        return b[at] == 0 && Arrays.equals(b, at, at + BLOCK, ZEROS, 0, BLOCK);
    }

    /** Whether the checksum is right: of unsigned bytes as POSIX says, or of signed ones as old Sun tars made it. */
    static boolean hasValidChecksum(byte[] b, int at) {
        int unsigned = 8 * ' ';
        for (int i = at; i < at + BLOCK; i++) {
            unsigned += b[i] & 0xff;
        }
        for (int i = at + CHECKSUM; i < at + CHECKSUM + 8; i++) {
            unsigned -= b[i] & 0xff;
        }
        try {
            long stated = TarNumber.number(b, at + CHECKSUM, 8, "checksum");
            return stated == unsigned || stated == unsigned - 256L * negativeBytes(b, at);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int negativeBytes(byte[] b, int at) {
        int count = 0;
        for (int i = at; i < at + BLOCK; i++) {
            count += i - at >= CHECKSUM && i - at < CHECKSUM + 8 ? 0 : b[i] >>> 31;
        }
        return count;
    }

    static byte type(byte[] b, int at) {
        return b[at + TYPE];
    }

    /** The magic of POSIX: {@code ustar} and a NUL. Only then is there a prefix. */
    static boolean isPosix(byte[] b, int at) {
        return isUstar(b, at) && b[at + MAGIC + 5] == 0;
    }

    /** The magic of GNU tar: {@code ustar} and two blanks. */
    static boolean isGnu(byte[] b, int at) {
        return isUstar(b, at) && b[at + MAGIC + 5] == ' ' && b[at + MAGIC + 6] == ' ';
    }

    private static boolean isUstar(byte[] b, int at) {
        int m = at + MAGIC;
        return b[m] == 'u' && b[m + 1] == 's' && b[m + 2] == 't' && b[m + 3] == 'a' && b[m + 4] == 'r';
    }

    static byte[] name(byte[] b, int at) {
        int nameEnd = end(b, at + NAME, NAME_LENGTH);
        int prefixEnd = isPosix(b, at) ? end(b, at + PREFIX, PREFIX_LENGTH) : at + PREFIX;
        int prefix = prefixEnd - at - PREFIX;
        if (prefix == 0) {
            return Arrays.copyOfRange(b, at + NAME, nameEnd);
        }
        byte[] joined = new byte[prefix + 1 + nameEnd - at - NAME];
        System.arraycopy(b, at + PREFIX, joined, 0, prefix);
        joined[prefix] = '/';
        System.arraycopy(b, at + NAME, joined, prefix + 1, nameEnd - at - NAME);
        return joined;
    }

    static byte[] link(byte[] b, int at) {
        return Arrays.copyOfRange(b, at + LINK, end(b, at + LINK, NAME_LENGTH));
    }

    private static int end(byte[] b, int from, int length) {
        int i = from;
        while (i < from + length && b[i] != 0) {
            i++;
        }
        return i;
    }

    static int mode(byte[] b, int at) {
        return (int) TarNumber.natural(b, at + MODE, 8, "mode") & 07777;
    }

    static long uid(byte[] b, int at) {
        return TarNumber.natural(b, at + UID, 8, "uid");
    }

    static long gid(byte[] b, int at) {
        return TarNumber.natural(b, at + GID, 8, "gid");
    }

    static long size(byte[] b, int at) {
        return TarNumber.natural(b, at + SIZE, 12, "size");
    }

    static long modified(byte[] b, int at) {
        return TarNumber.number(b, at + MTIME, 12, "mtime");
    }

    static long deviceMajor(byte[] b, int at) {
        return TarNumber.natural(b, at + DEV_MAJOR, 8, "device number");
    }

    static long deviceMinor(byte[] b, int at) {
        return TarNumber.natural(b, at + DEV_MINOR, 8, "device number");
    }

    /** Makes the block the header of a POSIX archive in which every field is 0, "" or the version. */
    static void clear(byte[] b) {
        System.arraycopy(ZEROS, 0, b, 0, BLOCK);
        for (int i = 0; i < 8; i++) {
            b[MAGIC + i] = (byte) "ustar\00000".charAt(i);
        }
        writeDevice(b, 0, 0);
    }

    static void writeName(byte[] b, byte[] name) {
        System.arraycopy(name, 0, b, NAME, Math.min(name.length, NAME_LENGTH));
    }

    static void writePrefix(byte[] b, byte[] prefix) {
        System.arraycopy(prefix, 0, b, PREFIX, prefix.length);
    }

    static void writeLink(byte[] b, byte[] link) {
        System.arraycopy(link, 0, b, LINK, Math.min(link.length, NAME_LENGTH));
    }

    static void writeAttributes(byte[] b, int mode, long uid, long gid, long seconds) {
        TarNumber.octal(b, MODE, 8, mode);
        TarNumber.octal(b, UID, 8, uid);
        TarNumber.octal(b, GID, 8, gid);
        TarNumber.octal(b, MTIME, 12, seconds);
    }

    static void writeDevice(byte[] b, long major, long minor) {
        TarNumber.numeric(b, DEV_MAJOR, 8, major);
        TarNumber.numeric(b, DEV_MINOR, 8, minor);
    }

    /** Writes the last fields, and the checksum over all. */
    static void seal(byte[] b, char type, long size) {
        b[TYPE] = (byte) type;
        TarNumber.octal(b, SIZE, 12, size);
        Arrays.fill(b, CHECKSUM, CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (byte value : b) {
            sum += value & 0xff;
        }
        TarNumber.octal(b, CHECKSUM, 7, sum);
    }
}
