package dev.varve.adapter.syscall.ffm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.OpenFile;

/** A directory's descriptor. */
final class FdDirectory extends FdInode implements Directory {
    static final int AT_FDCWD = -100;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_DIRECTORY;
    static final int O_NOFOLLOW;
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;
    private static final int RESOLVE_NO_MAGICLINKS = 0x02;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int DIRENT_BYTES = 1 << 15;
    private static final int PATH_MAX = 4096;

    static {
        // asm/fcntl.h of arm64 swaps these against the generic values.
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        O_DIRECTORY = arm ? 040000 : 0200000;
        O_NOFOLLOW = arm ? 0100000 : 0400000;
    }

    private static final int OWNER_READS = 0500;
    /** Where this user may read it only because its mode was widened. */
    private @Nullable Widened widened;

    FdDirectory(int fd, Where where) {
        super(fd, false, where);
    }

    @Override
    public List<EntryName> list() throws VarveException {
        List<EntryName> names = new ArrayList<>();
        try (Frame f = new Frame()) {
            check(Sysno.LSEEK, f.call(Sysno.LSEEK, fd(), 0, 0));
            Memory s = f.buffer(DIRENT_BYTES);
            while (true) {
                int n = (int) f.call(Sysno.GETDENTS64, fd(), s.address(), DIRENT_BYTES);
                check(Sysno.GETDENTS64, n);
                if (n == 0) {
                    return names;
                }
                byte[] bytes = s.toArray(n);
                for (int at = 0; at < n;) {
                    int length = bytes[at + 16] & 0xff | (bytes[at + 17] & 0xff) << 8;
                    int end = at + 19;
                    while (bytes[end] != 0) {
                        end++;
                    }
                    if (!isSelfOrParent(bytes, at + 19, end)) {
                        names.add(EntryName.ofRange(bytes, at + 19, end));
                    }
                    at += length;
                }
            }
        }
    }

    private static boolean isSelfOrParent(byte[] bytes, int from, int to) {
        return bytes[from] == '.' && (to - from == 1 || to - from == 2 && bytes[from + 1] == '.');
    }

    @Override
    public Optional<FileStat> find(EntryName name) throws VarveException {
        try (Frame f = new Frame()) {
            Memory s = f.buffer(Statx.SIZE);
            long r = f.call(Sysno.STATX, fd(), f.text(name.toBytes()), Statx.AT_SYMLINK_NOFOLLOW, Statx.MASK,
                    s.address(), 0);
            if (Frame.is(r, Errno.ENOENT)) {
                return Optional.empty();
            }
            check(Sysno.STATX, name, r);
            return Optional.of(Widened.asItIs(Statx.read(s)));
        }
    }

    @Override
    public Xattrs xattrs(EntryName name) throws VarveException {
        byte[] link = link();
        byte[] path = Arrays.copyOf(link, link.length + 1 + name.length());
        path[link.length] = '/';
        name.copyTo(path, link.length + 1);
        try (Frame f = new Frame()) {
            return readXattrs(f, Sysno.LLISTXATTR, Sysno.LGETXATTR, f.text(path), where().child(name));
        }
    }

    @Override
    public Directory open(EntryName name) throws VarveException {
        int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        long r = openat(name, flags, 0);
        if (Frame.is(r, Errno.EACCES)) {
            try (FdInode inode = inode(name)) {
                r = widened(inode, OWNER_READS, () -> openat(name, flags, 0));
            }
        }
        check(Sysno.OPENAT, name, r);
        FdDirectory directory = new FdDirectory((int) r, where().child(name));
        if (ProcFiles.uid() != 0) {
            directory.widen();
        }
        return directory;
    }

    /** Lets an ordinary user look up what is in a directory of his own, until it is closed. */
    private void widen() throws VarveException {
        try {
            widened = Widened.enter(this);
        } catch (VarveException e) {
            close();
            throw e;
        }
    }

    @Override
    public void setMode(int mode) throws VarveException {
        Widened.setMode(this, widened, mode);
    }

    @Override
    public void close() {
        Widened held = widened;
        if (held != null) {
            widened = null;
            held.leave(this);
        }
        super.close();
    }

    /** A user's own file, opened although its mode forbids it: the mode is widened for the time of the call. */
    private static long widened(FdInode inode, int bits, LongSupplier opening) throws VarveException {
        return Widened.alone(() -> widenedAlone(inode, bits, opening));
    }

    private static long widenedAlone(FdInode inode, int bits, LongSupplier opening) throws VarveException {
        FileStat stat = inode.realStat();
        if (stat.uid() != ProcFiles.uid() || (stat.mode() & bits) == bits) {
            return opening.getAsLong(); // refused again, unless another handle widened it meanwhile
        }
        inode.setRealMode(stat.mode() | bits);
        long r = opening.getAsLong();
        try {
            inode.setRealMode(stat.mode());
        } catch (VarveException e) {
            if (r >= 0) {
                closeFd((int) r);
            }
            throw e;
        }
        return r;
    }

    private long openat(EntryName name, int flags, int mode) {
        try (Frame f = new Frame()) {
            long r;
            do {
                r = f.call(Sysno.OPENAT, fd(), f.text(name.toBytes()), flags, mode);
            } while (Frame.is(r, Errno.EINTR));
            return r;
        }
    }

    @Override
    public Directory resolve(EntryPath path) throws VarveException {
        try (Frame f = new Frame()) {
            Memory how = f.memory(24);
            how.putLong(0, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            how.putLong(16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
            byte[] bytes = path.isRoot() ? new byte[]{'.'} : path.toBytes();
            long r;
            do {
                r = f.call(Sysno.OPENAT2, fd(), f.text(bytes), how.address(), 24);
            } while (Frame.is(r, Errno.EINTR) || Frame.is(r, Errno.EAGAIN)); // EAGAIN: a rename raced with the walk
            check(Sysno.OPENAT2, path, r);
            return new FdDirectory((int) r, where().child(path));
        }
    }

    @Override
    public FdInode inode(EntryName name) throws VarveException {
        long r = openat(name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
        check(Sysno.OPENAT, name, r);
        return new FdInode((int) r, true, where().child(name));
    }

    @Override
    public OpenFile read(EntryName name) throws VarveException {
        try (FdInode found = regular(name)) {
            long r = found.reopen(O_RDONLY | O_CLOEXEC);
            if (Frame.is(r, Errno.EACCES)) {
                r = widened(found, 0400, () -> found.reopen(O_RDONLY | O_CLOEXEC));
            }
            check(Sysno.OPENAT, name, r);
            return new FdFile((int) r, where().child(name));
        }
    }

    /**
     * What is found is looked at before it is opened: to open a device that somebody put in a file's place would already
     * do something.
     */
    private FdInode regular(EntryName name) throws VarveException {
        FdInode found = inode(name);
        try {
            FileType type = found.stat().type();
            if (type != FileType.REGULAR) {
                Errno errno = type == FileType.SYMLINK ? Errno.ELOOP
                        : type == FileType.DIRECTORY ? Errno.EISDIR : Errno.ENXIO;
                throw new SyscallFailedException("openat(\"" + where().child(name) + "\")", errno,
                        "not a regular file");
            }
            return found;
        } catch (VarveException e) {
            found.close();
            throw e;
        }
    }

    @Override
    public OpenFile write(EntryName name) throws VarveException {
        try (FdInode found = regular(name)) {
            long r = found.reopen(O_RDWR | O_CLOEXEC);
            check(Sysno.OPENAT, name, r);
            return new FdFile((int) r, where().child(name));
        }
    }

    @Override
    public OpenFile create(EntryName name, int mode) throws VarveException {
        long r = openat(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        check(Sysno.OPENAT, name, r);
        return new FdFile((int) r, where().child(name));
    }

    @Override
    public void makeDirectory(EntryName name, int mode) throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.MKDIRAT, name, f.call(Sysno.MKDIRAT, fd(), f.text(name.toBytes()), mode));
        }
    }

    @Override
    public void makeSymlink(EntryName name, byte[] target) throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.SYMLINKAT, name, f.call(Sysno.SYMLINKAT, f.text(target), fd(), f.text(name.toBytes())));
        }
    }

    @Override
    public void makeNode(EntryName name, FileType type, int mode, int major, int minor) throws VarveException {
        try (Frame f = new Frame()) {
            long device = (minor & 0xffL) | (major & 0xfffL) << 8 | (minor & ~0xffL) << 12;
            long r = f.call(Sysno.MKNODAT, fd(), f.text(name.toBytes()), type.formatBits() | mode, device);
            check(Sysno.MKNODAT, name, r);
        }
    }

    @Override
    public void link(Directory from, EntryName existing, EntryName name) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.LINKAT, fdOf(from), f.text(existing.toBytes()), fd(), f.text(name.toBytes()), 0, 0);
            check(Sysno.LINKAT, name, r);
        }
    }

    @Override
    public byte[] readLink(EntryName name) throws VarveException {
        try (Frame f = new Frame()) {
            Memory s = f.buffer(PATH_MAX);
            long r = f.call(Sysno.READLINKAT, fd(), f.text(name.toBytes()), s.address(), PATH_MAX);
            check(Sysno.READLINKAT, name, r);
            return s.toArray((int) r);
        }
    }

    @Override
    public void remove(EntryName name) throws VarveException {
        unlink(name, 0);
    }

    @Override
    public void removeDirectory(EntryName name) throws VarveException {
        unlink(name, 0x200);
    }

    private void unlink(EntryName name, int flags) throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.UNLINKAT, name, f.call(Sysno.UNLINKAT, fd(), f.text(name.toBytes()), flags));
        }
    }

    @Override
    public void rename(EntryName name, Directory target, EntryName newName, boolean replace) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.RENAMEAT2, fd(), f.text(name.toBytes()), fdOf(target), f.text(newName.toBytes()),
                    replace ? 0 : 1, 0);
            if (r < 0) {
                throw Frame.failure(Sysno.RENAMEAT2,
                        "\"" + where() + "/" + name + "\", \"" + ((FdInode) target).where() + "/" + newName + "\"", r);
            }
        }
    }

    @Override
    public void sync() throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.FSYNC, f.call(Sysno.FSYNC, fd()));
        }
    }

    @Override
    public void syncFileSystem() throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.SYNCFS, f.call(Sysno.SYNCFS, fd()));
        }
    }

    @Override
    public FileSystemFacts fileSystem() throws VarveException {
        try (Frame f = new Frame()) {
            Memory s = f.memory(120); // struct statfs of 64-bit architectures
            check(Sysno.FSTATFS, f.call(Sysno.FSTATFS, fd(), s.address()));
            long block = s.getLong(8);
            return new FileSystemFacts(s.getUnsigned(0), s.getLong(16) * block, s.getLong(32) * block,
                    (s.getLong(80) & 1) != 0);
        }
    }

    @Override
    public boolean tryLock(LockMode mode) throws VarveException {
        try (Frame f = new Frame()) {
            int operation = switch (mode) {
                case SHARED -> 1;
                case EXCLUSIVE -> 2;
                case NONE -> 8;
            };
            long r = f.call(Sysno.FLOCK, fd(), operation | 4);
            if (Frame.is(r, Errno.EAGAIN)) {
                return false;
            }
            check(Sysno.FLOCK, r);
            return true;
        }
    }

    private static int fdOf(Directory directory) {
        if (directory instanceof FdDirectory d) {
            return d.fd();
        }
        throw new IllegalArgumentException("a directory of another adapter");
    }

    private void check(Sysno call, Object name, long result) throws SyscallFailedException {
        if (result < 0) {
            throw Frame.failure(call, "\"" + where().child(name) + "\"", result);
        }
    }

    /** Opens a directory of the host by its path, symbolic links followed. */
    static FdDirectory ofHost(byte[] path) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.OPENAT, AT_FDCWD, f.text(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
            String shown = dev.varve.domain.path.Names.printable(path);
            if (r < 0) {
                throw Frame.failure(Sysno.OPENAT, "\"" + shown + "\"", r);
            }
            return new FdDirectory((int) r, Where.of(shown));
        }
    }

    /** The bytes of a path of the host, as the JVM decoded them. */
    static byte[] hostBytes(java.nio.file.Path path) {
        return path.toString().getBytes(ProcFiles.HOST);
    }
}
