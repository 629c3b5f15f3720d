package dev.varve.testkit.fake;

import java.util.Objects;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.ports.syscall.OpenFile;

/** An open regular file. */
final class MemoryFile extends MemoryInode implements OpenFile {
    private static final Errno EBADF = new Errno(9);
    private static final int CHUNK = 1 << 16;
    private final boolean writable;

    MemoryFile(MemorySyscalls process, MemoryMounts.Seen seen, String label, boolean writable) {
        super(process, seen, label);
        this.writable = writable;
    }

    @Override
    public int read(long offset, byte[] buffer, int from, int length) throws SyscallFailedException {
        Objects.checkFromIndexSize(from, length, buffer.length);
        synchronized (disk) {
            enter("readAt", offset);
            return node.content.read(offset, buffer, from, length);
        }
    }

    @Override
    public void write(long offset, byte[] buffer, int from, int length) throws SyscallFailedException {
        Objects.checkFromIndexSize(from, length, buffer.length);
        synchronized (disk) {
            enterGrowth("writeAt", offset);
            requireWritable("writeAt", offset);
            node.content.write(offset, buffer, from, length);
            changed();
        }
    }

    @Override
    public void setSize(long size) throws SyscallFailedException {
        synchronized (disk) {
            enterChange("setSize", size);
            requireWritable("setSize", size);
            if (size < 0) {
                throw failure("setSize", size, Errno.EINVAL);
            }
            node.content.setSize(size);
            changed();
        }
    }

    private void changed() {
        node.modified = disk.now();
        dropCapability();
    }

    private void requireWritable(String call, long argument) throws SyscallFailedException {
        if (!writable) {
            throw failure(call, argument, EBADF);
        }
    }

    @Override
    public long nextData(long offset) throws SyscallFailedException {
        synchronized (disk) {
            enter("nextData", offset);
            return node.content.nextData(offset);
        }
    }

    @Override
    public long nextHole(long offset) throws SyscallFailedException {
        synchronized (disk) {
            enter("nextHole", offset);
            return node.content.nextHole(offset);
        }
    }

    @Override
    public boolean cloneFrom(OpenFile source) throws SyscallFailedException {
        synchronized (disk) {
            enterGrowth("cloneFrom", "");
            requireWritable("cloneFrom", 0);
            if (!disk.cloning || !(source instanceof MemoryFile file) || file.disk != disk) {
                return false;
            }
            node.content = file.node.content.copy();
            changed();
            return true;
        }
    }

    @Override
    public boolean sharesBlocksWith(OpenFile other) throws SyscallFailedException {
        synchronized (disk) {
            enter("sharesBlocksWith", "");
            return other instanceof MemoryFile file && file.disk == disk
                    && (file.node == node || node.content.sharesBlocksWith(file.node.content));
        }
    }

    @Override
    public void copyRange(OpenFile source, long offset, long length) throws SyscallFailedException {
        synchronized (disk) {
            enterGrowth("copyRange", offset);
            requireWritable("copyRange", offset);
            MemoryContent from = ((MemoryFile) source).node.content;
            byte[] buffer = new byte[CHUNK];
            for (long done = 0; done < length;) {
                int n = from.read(offset + done, buffer, 0, (int) Math.min(buffer.length, length - done));
                if (n == 0) {
                    break;
                }
                node.content.write(offset + done, buffer, 0, n);
                done += n;
            }
            changed();
        }
    }

    @Override
    public void sync() throws SyscallFailedException {
        synchronized (disk) {
            enter("sync", "");
            node.durableContent = node.content.copy();
        }
    }
}
