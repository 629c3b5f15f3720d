package dev.varve.adapter.syscall.ffm;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.OpenFile;

/** A regular file's descriptor. */
final class FdFile extends FdInode implements OpenFile {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long FICLONE = 0x4004_9409L;

    FdFile(int fd, Where where) {
        super(fd, false, where);
    }

    @Override
    public int read(long offset, byte[] buffer, int from, int length) throws VarveException {
        java.util.Objects.checkFromIndexSize(from, length, buffer.length);
        try (Frame f = new Frame()) {
            int n = Math.min(length, Frame.TRANSFER);
            Memory s = f.transfer();
            long r;
            do {
                r = f.call(Sysno.PREAD64, fd(), s.address(), n, offset);
            } while (Frame.is(r, Errno.EINTR));
            check(Sysno.PREAD64, r);
            s.get(buffer, from, (int) r);
            return (int) r;
        }
    }

    @Override
    public void write(long offset, byte[] buffer, int from, int length) throws VarveException {
        java.util.Objects.checkFromIndexSize(from, length, buffer.length);
        try (Frame f = new Frame()) {
            Memory s = f.transfer();
            int done = 0;
            while (done < length) {
                int n = Math.min(length - done, Frame.TRANSFER);
                s.put(buffer, from + done, n);
                long r = f.call(Sysno.PWRITE64, fd(), s.address(), n, offset + done);
                if (!Frame.is(r, Errno.EINTR)) {
                    check(Sysno.PWRITE64, r);
                    done += (int) r;
                }
            }
        }
    }

    @Override
    public void setSize(long size) throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.FTRUNCATE, f.call(Sysno.FTRUNCATE, fd(), size));
        }
    }

    @Override
    public long nextData(long offset) throws VarveException {
        return seek(offset, SEEK_DATA, offset);
    }

    @Override
    public long nextHole(long offset) throws VarveException {
        return seek(offset, SEEK_HOLE, stat().size());
    }

    private long seek(long offset, int whence, long without) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.LSEEK, fd(), offset, whence);
            if (Frame.is(r, Errno.ENXIO)) {
                return stat().size();
            }
            if (Frame.is(r, Errno.EINVAL)) {
                return without;
            }
            check(Sysno.LSEEK, r);
            return r;
        }
    }

    @Override
    public boolean cloneFrom(OpenFile source) throws VarveException {
        try (Frame f = new Frame()) {
            long r = f.call(Sysno.IOCTL, fd(), FICLONE, fdOf(source));
            if (Frame.is(r, Errno.EOPNOTSUPP) || Frame.is(r, Errno.EXDEV) || Frame.is(r, Errno.EINVAL)
                    || Frame.is(r, Errno.ENOTTY) || Frame.is(r, Errno.ENOSYS)) {
                return false;
            }
            check(Sysno.IOCTL, r);
            return true;
        }
    }

    @Override
    public boolean sharesBlocksWith(OpenFile other) throws VarveException {
        FileStat mine = stat();
        FileStat its = other.stat();
        if (mine.device() != its.device() || mine.size() != its.size()) {
            return false;
        }
        try (Frame f = new Frame()) {
            return mine.inode() == its.inode() || Fiemap.same(f, fd(), fdOf(other), mine.size());
        }
    }

    @Override
    public void copyRange(OpenFile source, long offset, long length) throws VarveException {
        try (Frame f = new Frame()) {
            Memory offsets = f.memory(16);
            long done = 0;
            while (done < length) {
                offsets.putLong(0, offset + done);
                offsets.putLong(8, offset + done);
                long r = f.call(Sysno.COPY_FILE_RANGE, fdOf(source), offsets.address(), fd(), offsets.address() + 8,
                        length - done, 0);
                if (r > 0) {
                    done += r;
                } else if (!Frame.is(r, Errno.EINTR)) {
                    if (r < 0 && !cannotCopy(r)) {
                        check(Sysno.COPY_FILE_RANGE, r);
                    }
                    copyByHand(source, offset + done, length - done);
                    return;
                }
            }
        }
    }

    private static boolean cannotCopy(long result) {
        return Frame.is(result, Errno.EXDEV) || Frame.is(result, Errno.EINVAL) || Frame.is(result, Errno.ENOSYS)
                || Frame.is(result, Errno.EOPNOTSUPP);
    }

    private void copyByHand(OpenFile source, long offset, long length) throws VarveException {
        byte[] buffer = new byte[(int) Math.min(length, 1 << 16)];
        long done = 0;
        while (done < length) {
            int n = source.read(offset + done, buffer, 0, (int) Math.min(buffer.length, length - done));
            if (n == 0) {
                return;
            }
            write(offset + done, buffer, 0, n);
            done += n;
        }
    }

    private static int fdOf(OpenFile file) {
        if (file instanceof FdFile f) {
            return f.fd();
        }
        throw new IllegalArgumentException("a file of another adapter");
    }

    @Override
    public void sync() throws VarveException {
        try (Frame f = new Frame()) {
            check(Sysno.FSYNC, f.call(Sysno.FSYNC, fd()));
        }
    }
}
