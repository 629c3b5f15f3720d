package dev.varve.adapter.syscall.ffm;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.Names;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Inode;

/**
 * A descriptor. Where it was opened with O_PATH, calls that refuse such a descriptor go by way of its link in
 * {@code /proc/self/fd}, which leads to the file itself, be it a symbolic link (open(2), O_PATH).
 */
class FdInode implements Inode {
    private static final int XATTR_FIRST_TRY = 1024;
    private static final int XATTR_MAX = 1 << 20;
    private final int fd;
    private final boolean pathOnly;
    private final Where where;
    private boolean closed;

    FdInode(int fd, boolean pathOnly, Where where) {
        this.fd = fd;
        this.pathOnly = pathOnly;
        this.where = where;
    }

    final int fd() {
        if (closed) {
            throw new IllegalStateException("closed: " + where);
        }
        return fd;
    }

    final Where where() {
        return where;
    }

    /** The descriptor's link in proc(5). */
    final byte[] link() {
        return ("/proc/self/fd/" + fd()).getBytes(StandardCharsets.US_ASCII);
    }

    /** One more descriptor of the same file, or the error number, negated. */
    final long reopen(int flags) {
        try (Frame f = new Frame()) {
            long r;
            do {
                r = f.call(Sysno.OPENAT, FdDirectory.AT_FDCWD, f.text(link()), flags, 0);
            } while (Frame.is(r, Errno.EINTR));
            return r;
        }
    }

    final void check(Sysno call, long result) throws SyscallFailedException {
        if (result < 0) {
            throw Frame.failure(call, "\"" + where + "\"", result);
        }
    }

    @Override
    public final FileStat stat() throws VarveException {
        return Widened.asItIs(realStat());
    }

    /** What the file is at this moment. */
    final FileStat realStat() throws VarveException {
        try (Frame f = new Frame()) {
            Memory s = f.buffer(Statx.SIZE);
            check(Sysno.STATX, f.call(Sysno.STATX, fd(), f.text(""), Statx.AT_EMPTY_PATH, Statx.MASK, s.address(), 0));
            return Statx.read(s);
        }
    }

    @Override
    public void setOwner(long uid, long gid) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.FCHOWNAT, fd(), f.text(""), uid, gid, Statx.AT_EMPTY_PATH, 0);
            if (r < 0) {
                throw Frame.failure(Sysno.FCHOWNAT, "\"" + where + "\", " + uid + ", " + gid, r);
            }
        }
    }

    @Override
    public void setMode(int mode) throws VarveException {
        Widened.setMode(this, null, mode);
    }

    /** fchmod(2), whatever other handles need. */
    final void setRealMode(int mode) throws VarveException {
        try (Frame f = new Frame()) {
            if (pathOnly) {
                check(Sysno.FCHMODAT, f.call(Sysno.FCHMODAT, FdDirectory.AT_FDCWD, f.text(link()), mode));
            } else {
                check(Sysno.FCHMOD, f.call(Sysno.FCHMOD, fd(), mode));
            }
        }
    }

    @Override
    public void setModified(Instant time) throws VarveException {
        try (Frame f = new Frame()) {
            Memory times = f.memory(32);
            times.putLong(8, 0x3ffffffeL); // UTIME_OMIT for the access time
            times.putLong(16, time.getEpochSecond());
            times.putLong(24, time.getNano());
            long r = pathOnly ? f.call(Sysno.UTIMENSAT, fd(), f.text(""), times.address(), Statx.AT_EMPTY_PATH)
                    : f.call(Sysno.UTIMENSAT, fd(), 0, times.address(), 0);
            check(Sysno.UTIMENSAT, r);
        }
    }

    @Override
    public void setXattr(String name, byte[] value) throws VarveException {
        try (Frame f = new Frame()) {
            Memory copy = f.buffer(Math.max(1, value.length));
            copy.put(value, 0, value.length);
            long r = pathOnly ? f.call(Sysno.SETXATTR, f.text(link()), f.text(name), copy.address(), value.length, 0, 0)
                    : f.call(Sysno.FSETXATTR, fd(), f.text(name), copy.address(), value.length, 0, 0);
            if (r < 0) {
                throw Frame.failure(Sysno.SETXATTR,
                        "\"" + where + "\", \"" + printable(name) + "\", " + value.length + " bytes", r);
            }
        }
    }

    /** An attribute's name may come from a layer. */
    private static String printable(String name) {
        return Names.printable(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void removeXattr(String name) throws VarveException {
        try (Frame f = new Frame()) {
            long r = pathOnly ? f.call(Sysno.REMOVEXATTR, f.text(link()), f.text(name))
                    : f.call(Sysno.FREMOVEXATTR, fd(), f.text(name));
            if (r < 0 && !Frame.is(r, Errno.ENODATA) && !Frame.is(r, Errno.EOPNOTSUPP)) {
                throw Frame.failure(Sysno.REMOVEXATTR, "\"" + where + "\", \"" + printable(name) + "\"", r);
            }
        }
    }

    @Override
    public Xattrs xattrs() throws VarveException {
        try (Frame f = new Frame()) {
            return pathOnly ? readXattrs(f, Sysno.LISTXATTR, Sysno.GETXATTR, f.text(link()), where)
                    : readXattrs(f, Sysno.FLISTXATTR, Sysno.FGETXATTR, fd(), where);
        }
    }

    /** All attributes of what {@code target} names to the two calls: a path's address, or a descriptor. */
    static Xattrs readXattrs(Frame f, Sysno list, Sysno get, long target, Where what) throws VarveException {
        byte[] names = grow(f, list, target, 0, what);
        if (names == null || names.length == 0) {
            return Xattrs.NONE;
        }
        TreeMap<String, byte[]> values = new TreeMap<>();
        for (String name : new String(names, StandardCharsets.ISO_8859_1).split("\0")) {
            byte[] value = grow(f, get, target, f.text(name), what);
            if (value != null) {
                values.put(name, value);
            }
        }
        return Xattrs.of(values);
    }

    /** A value whose length is not known, into memory that grows until it fits; null where there is none. */
    private static byte @Nullable [] grow(Frame f, Sysno call, long target, long name, Where what)
            throws VarveException {
        for (int size = XATTR_FIRST_TRY; size <= XATTR_MAX; size *= 8) {
            Memory s = f.buffer(size);
            long r = name == 0 ? f.call(call, target, s.address(), size)
                    : f.call(call, target, name, s.address(), size);
            if (r >= 0) {
                return s.toArray((int) r);
            }
            if (Frame.is(r, Errno.EOPNOTSUPP) || Frame.is(r, Errno.ENODATA)) {
                return null;
            }
            if (!Frame.is(r, Errno.ERANGE)) {
                throw Frame.failure(call, "\"" + what + "\"", r);
            }
        }
        throw Frame.failure(call, "\"" + what + "\"", -Errno.ERANGE.number());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeFd(fd);
        }
    }

    /** close(2): the descriptor is gone whatever the call returns. */
    static void closeFd(int fd) {
        try (Frame f = new Frame()) {
            f.call(Sysno.CLOSE, fd);
        }
    }
}
