package dev.varve.adapter.store.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * The files of one directory of the catalogue, each replaced as a whole: staged, synced, renamed into place, directory
 * synced. Whoever changes anything holds the catalogue's lock; reading needs none. Not safe for several threads.
 *
 * <p>
 * Where the files mean nothing after a restart of the host, nothing is synced: the death of a process leaves them whole all
 * the same, a power loss may leave them empty or old.
 */
final class RecordDirectory {
    /** One name is enough: only the holder of the lock stages, one file at a time. */
    private static final EntryName STAGED = EntryName.of("record");
    /** A file that is larger is not written, and not read. */
    static final int LARGEST = 16 << 20;
    private static final int FIRST_READ = 1 << 13;
    private final String label;
    private final Directory records;
    private final Directory staging;
    private final boolean lasting;

    private RecordDirectory(String label, Directory records, Directory staging, boolean lasting) {
        this.label = label;
        this.records = records;
        this.staging = staging;
        this.lasting = lasting;
    }

    /** Files that outlast a power loss. @param label what the directory is called in messages */
    static RecordDirectory lasting(String label, Directory records, Directory staging) {
        return new RecordDirectory(label, records, staging, true);
    }

    /** Files that mean nothing after a restart of the host. @param label what the directory is called in messages */
    static RecordDirectory ofThisBoot(String label, Directory records, Directory staging) {
        return new RecordDirectory(label, records, staging, false);
    }

    /** What the file is called in messages. */
    String labelOf(EntryName name) {
        return label + "/" + name;
    }

    List<EntryName> names() throws VarveException {
        return records.list();
    }

    /** The content of the file, or empty if there is none. */
    Optional<byte[]> read(EntryName name) throws VarveException {
        try (OpenFile file = records.read(name)) {
            return Optional.of(readAll(file, labelOf(name)));
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes or replaces the file; if lasting, it is on the disk when this returns. After a failure it is what it was before.
     *
     * @throws BadDataException if it is so large that it could not be read again
     */
    void put(EntryName name, byte[] content) throws VarveException {
        if (content.length > LARGEST) {
            throw new BadDataException(
                    labelOf(name) + " would have " + content.length + " bytes, more than the " + LARGEST
                            + " of a record",
                    "nothing was changed; use fewer or shorter labels, names or configuration values");
        }
        Optional<byte[]> before = lasting ? read(name) : Optional.empty();
        stage(content);
        moveIntoPlace(name);
        if (lasting) {
            syncOrRestore(name, before);
        }
    }

    /**
     * Removes the file; a missing one is success. Takes no space. After a failure the file is there as before, unless
     * the disk refuses to take it back: then the failure tells of both.
     *
     * @return whether there was one
     */
    boolean remove(EntryName name) throws VarveException {
        Optional<byte[]> before = lasting ? readIfPossible(name) : Optional.empty();
        try {
            records.remove(name);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
        if (lasting) {
            syncOrRestore(name, before);
        }
        return true;
    }

    /** What processes that died in the middle of a change left is on the disk when this returns. */
    void sync() throws VarveException {
        if (lasting) {
            records.sync();
        }
    }

    /** A file that cannot be read can be removed all the same; it is only not brought back if that fails half-way. */
    private Optional<byte[]> readIfPossible(EntryName name) {
        try {
            return read(name);
        } catch (VarveException e) {
            return Optional.empty();
        }
    }

    private void stage(byte[] content) throws VarveException {
        try (OpenFile file = createStaged()) {
            file.write(0, content, 0, content.length);
            if (lasting) {
                file.sync();
            }
        } catch (VarveException e) {
            discardStaged(e);
            throw e;
        }
    }

    private OpenFile createStaged() throws VarveException {
        try {
            return staging.create(STAGED, Layout.FILE_MODE);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) {
                throw e;
            }
            // Left by a process that died, or by a failure after which it could not be removed.
            staging.remove(STAGED);
            return staging.create(STAGED, Layout.FILE_MODE);
        }
    }

    private void moveIntoPlace(EntryName name) throws VarveException {
        try {
            staging.rename(STAGED, records, name, true);
        } catch (VarveException e) {
            discardStaged(e);
            throw e;
        }
    }

    private void discardStaged(VarveException failure) {
        try {
            staging.remove(STAGED);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.ENOENT)) {
                failure.addSuppressed(e);
            }
        } catch (VarveException e) {
            failure.addSuppressed(e);
        }
    }

    /** Without the sync the change may or may not survive, so that it cannot be reported as either; undo it. */
    private void syncOrRestore(EntryName name, Optional<byte[]> before) throws VarveException {
        try {
            records.sync();
        } catch (VarveException e) {
            try {
                restore(name, before);
            } catch (VarveException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void restore(EntryName name, Optional<byte[]> before) throws VarveException {
        if (before.isPresent()) {
            stage(before.get());
            moveIntoPlace(name);
        } else {
            records.remove(name);
        }
        records.sync();
    }

    private static byte[] readAll(OpenFile file, String label) throws VarveException {
        byte[] buffer = new byte[FIRST_READ];
        int length = 0;
        int n;
        while ((n = file.read(length, buffer, length, buffer.length - length)) > 0) {
            length += n;
            if (length > LARGEST) {
                throw new BadDataException(label + " is larger than " + LARGEST + " bytes", RecordCodec.DAMAGE_HINT);
            }
            if (length == buffer.length) {
                buffer = Arrays.copyOf(buffer, 2 * length);
            }
        }
        return Arrays.copyOf(buffer, length);
    }

    /** Removes what a dead process has staged. The lock is held. */
    static void clear(Directory staging) throws VarveException {
        for (EntryName name : new ArrayList<>(staging.list())) {
            staging.remove(name);
        }
    }
}
