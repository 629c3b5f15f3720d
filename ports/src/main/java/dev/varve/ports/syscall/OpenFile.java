package dev.varve.ports.syscall;

import dev.varve.domain.error.VarveException;

/** A regular file, open for reading or for writing. Offsets and lengths are in bytes. */
public interface OpenFile extends Inode {
    /**
     * pread(2) into the array.
     *
     * @return the bytes read, at least one; 0 at the end of the file
     */
    int read(long offset, byte[] buffer, int from, int length) throws VarveException;

    /** pwrite(2), repeated until all of it is written. */
    void write(long offset, byte[] buffer, int from, int length) throws VarveException;

    /** ftruncate(2): cuts the file, or lets it grow by a hole. */
    void setSize(long size) throws VarveException;

    /**
     * Where the next run of data begins, at or after {@code offset}; the length of the file where there is none.
     * lseek(2) SEEK_DATA; a file system without holes has data everywhere.
     */
    long nextData(long offset) throws VarveException;

    /** Where the run of data around {@code offset} ends: the next hole or the end of the file. lseek(2) SEEK_HOLE. */
    long nextHole(long offset) throws VarveException;

    /**
     * Makes this empty file share all of the other's blocks. ioctl_ficlone(2).
     *
     * @return false where the file system cannot, or not between these two files; this file is unchanged then
     */
    boolean cloneFrom(OpenFile source) throws VarveException;

    /**
     * Whether this file is known to consist of the very same blocks of a device as the other, and so has its content:
     * what {@link #cloneFrom} made and nobody has written to since. ioctl(2) FS_IOC_FIEMAP. Writes back what is not on the
     * disk yet.
     *
     * @return false also where the file system cannot tell
     */
    boolean sharesBlocksWith(OpenFile other) throws VarveException;

    /**
     * Copies a range within the kernel, to the same offset. copy_file_range(2), with read and write where that cannot.
     */
    void copyRange(OpenFile source, long offset, long length) throws VarveException;

    /** fsync(2): the content and the attributes are on the disk when this returns. */
    void sync() throws VarveException;
}
