package dev.varve.ports.in;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.archive.Compression;

/** The difference of two layers, as an archive that is yet to be written. May be written several times. */
public interface LayerBlob {
    /**
     * Writes it to a new file, or over an existing one, which is replaced only when all is written and synced. A
     * symbolic link is followed; a device or a pipe is written to.
     *
     * @throws dev.varve.domain.error.SyscallFailedException if a file cannot be read
     */
    Written writeTo(Path file, Compression compression) throws VarveException;

    /** Writes it to the stream, which stays open. */
    Written writeTo(OutputStream out, Compression compression) throws VarveException;

    /**
     * What was written.
     *
     * @param blob      the digest of the bytes as they were written
     * @param diffId    the digest of the uncompressed archive
     * @param size      of the bytes as they were written
     * @param entries   in the archive
     * @param omissions what a tar cannot hold
     * @param method    how the changes were found
     */
    record Written(Digest blob, DiffId diffId, long size, long entries, Compression compression,
            List<LayerStore.Omission> omissions, LayerStore.Method method) {}
}
