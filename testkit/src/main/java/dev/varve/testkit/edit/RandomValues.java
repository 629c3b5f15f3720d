package dev.varve.testkit.edit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;

/** Names, modes, owners, times and attributes, the odd ones more often than the world has them. */
final class RandomValues {
    private static final int NAMES = 9;
    private static final int BLOCK = 4096;
    private static final long EARLIEST = -2_000_000_000L;
    private static final long LATEST = 14_000_000_000L;
    private static final List<EntryName> ODD_NAMES = List.of(name("a"), name("b"), name("dir"), name(" lead"),
            name("trail "), name("new\nline"), name("tab\t"), name("ä漢😀"), name("back\\slash"), name("-rf"),
            name("..."), name(".wh"), name("wh."), name(".whiteout"), name("x.wh.y"), name("%s"), name("a:b,c=d"),
            name("\u001b[31m"), name("x".repeat(255)), EntryName.of(new byte[]{(byte) 0xff, (byte) 0xfe}),
            EntryName.of(new byte[]{'e', (byte) 0xcc, (byte) 0x81, (byte) 0x80}), EntryName.of(new byte[]{1}));
    /** Legal names of files, which an OCI layer cannot have. */
    private static final List<EntryName> MARKS = List.of(name(".wh.a"), name(".wh..wh..opq"), name(".wh.dir"));
    private static final int[] MODES = {0644, 0755, 0600, 0700, 0664, 0751};
    private static final int[] ROOTS_MODES = {0, 0400, 0111, 04755, 02755, 02644, 06711, 01777, 07777, 04000, 02070};
    private static final long[] OWNERS = {0, 0, 1, 1000, 65534, 65536, 3_000_000_000L, 0xffff_fffeL};
    private static final String[] USER = {"user.a", "user.empty", "user.\u00c3\u00a4", "user.a=b"};
    private static final String[] PRIVILEGED = {"trusted.t", "security.test", "trusted.empty"};
    private static final String ACCESS_ACL = "system.posix_acl_access";
    private static final String DEFAULT_ACL = "system.posix_acl_default";
    static final String CAPABILITY = "security.capability";
    private final Random random;
    private final Rights rights;
    private final List<EntryName> names;

    /** @param marks whether there may be names that an OCI layer cannot have */
    RandomValues(Random random, Rights rights, boolean marks) {
        this.random = random;
        this.rights = rights;
        List<EntryName> all = new ArrayList<>(ODD_NAMES);
        if (marks) {
            all.addAll(MARKS);
        }
        Collections.shuffle(all, random);
        this.names = List.copyOf(all.subList(0, NAMES));
    }

    private static EntryName name(String text) {
        return EntryName.of(text);
    }

    /** One of a few, so that names are taken, freed and taken again. */
    EntryName name() {
        return names.get(random.nextInt(names.size()));
    }

    int mode() {
        boolean odd = rights.privileged() && random.nextInt(3) == 0;
        return odd ? ROOTS_MODES[random.nextInt(ROOTS_MODES.length)] : MODES[random.nextInt(MODES.length)];
    }

    /** One with which the user can go on making things in the directory. */
    int directoryMode() {
        return rights.privileged() ? mode() : mode() | 0700;
    }

    long owner() {
        return OWNERS[random.nextInt(OWNERS.length)];
    }

    Instant time() {
        return Instant.ofEpochSecond(random.nextLong(EARLIEST, LATEST), random.nextInt(1_000_000_000));
    }

    Blob content() {
        return Blob.random(random, random.nextInt(4) == 0 ? random.nextInt(3 * BLOCK) : random.nextInt(40));
    }

    /** Within a file of that size, or beyond. */
    long offset(long size) {
        return random.nextInt(3) == 0 ? size + random.nextInt(20 * BLOCK) : random.nextLong(size + 1);
    }

    Blob target() {
        byte[] bytes = switch (random.nextInt(4)) {
            case 0 -> "../../../etc/passwd".getBytes(StandardCharsets.UTF_8);
            case 1 -> new byte[]{'/', (byte) 0xff, '\n'};
            case 2 -> "long/".repeat(1 + random.nextInt(200)).getBytes(StandardCharsets.UTF_8);
            default -> name().toBytes();
        };
        return Blob.of(bytes);
    }

    FileType nodeType() {
        FileType[] types = rights.privileged()
                ? new FileType[]{FileType.FIFO, FileType.SOCKET, FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE}
                : new FileType[]{FileType.FIFO, FileType.SOCKET};
        return types[random.nextInt(types.length)];
    }

    /** Of a device; never 0. */
    int deviceNumber() {
        return 1 + random.nextInt(4000);
    }

    /** An attribute that a file of that type can have. */
    Edit.SetXattr xattr(dev.varve.domain.path.EntryPath path, FileType type) {
        boolean link = type == FileType.SYMLINK;
        boolean holdsUser = type == FileType.REGULAR || type == FileType.DIRECTORY;
        int kind = random.nextInt(10);
        if (kind < 3 && !link) {
            boolean inherited = type == FileType.DIRECTORY && random.nextBoolean();
            return new Edit.SetXattr(path, inherited ? DEFAULT_ACL : ACCESS_ACL, acl());
        }
        if (kind == 3 && type == FileType.REGULAR && rights.privileged()) {
            byte[] capability = new byte[20];
            ByteBuffer.wrap(capability).order(ByteOrder.LITTLE_ENDIAN).putInt(0x02000001).putInt(random.nextInt(256));
            return new Edit.SetXattr(path, CAPABILITY, Blob.of(capability));
        }
        String name;
        if (holdsUser && (!rights.privileged() || kind < 8)) {
            name = USER[random.nextInt(USER.length)];
        } else if (rights.privileged()) {
            name = PRIVILEGED[random.nextInt(PRIVILEGED.length)];
        } else {
            return new Edit.SetXattr(path, ACCESS_ACL, acl());
        }
        return new Edit.SetXattr(path, name,
                name.endsWith("empty") ? Blob.of(new byte[0]) : Blob.random(random, 1 + random.nextInt(60)));
    }

    /** acl(5), in the form of {@code linux/posix_acl_xattr.h}: entries by tag and then by id. */
    private Blob acl() {
        boolean extended = random.nextInt(4) > 0;
        ByteBuffer acl = ByteBuffer.allocate(4 + 8 * (extended ? 6 : 3)).order(ByteOrder.LITTLE_ENDIAN);
        acl.putInt(2);
        entry(acl, 0x01, rights.privileged() ? 6 + random.nextInt(2) : 7, -1);
        if (extended) {
            entry(acl, 0x02, random.nextInt(8), 1000);
        }
        entry(acl, 0x04, random.nextInt(8), -1);
        if (extended) {
            entry(acl, 0x08, random.nextInt(8), 7);
            entry(acl, 0x10, random.nextInt(8), -1);
        }
        entry(acl, 0x20, random.nextInt(8), -1);
        return Blob.of(acl.array());
    }

    private static void entry(ByteBuffer acl, int tag, int permissions, int id) {
        acl.putShort((short) tag).putShort((short) permissions).putInt(id);
    }
}
