package dev.varve.ports.in;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;

/**
 * The images of one store. Their layers are layers of the {@link LayerStore} whose ids are the chain IDs, so images share
 * what they have in common. Safe for use by several threads and processes.
 */
public interface Images {
    /**
     * Loads an image: a docker-save archive or an OCI image layout, a directory or a tar, compressed or not. Layers that
     * the store has already are not applied again. If it fails, the layers that were complete stay only if another image
     * has them.
     *
     * @param name the name to give to it instead of those that it brings along
     * @throws dev.varve.domain.error.BadDataException        if it is no image, or a part of it is missing or malformed
     * @throws dev.varve.domain.error.DigestMismatchException if a part of it is not what its digest says
     * @throws dev.varve.domain.error.SyscallFailedException  if the file or directory cannot be read
     */
    Image load(Path source, Optional<String> name, Progress progress) throws VarveException;

    /** Loads an image from a stream, which is kept in the store until the image is loaded. The stream stays open. */
    Image load(InputStream source, Optional<String> name, Progress progress) throws VarveException;

    /** Loads an image under the names that it brings along. */
    default Image load(Path source) throws VarveException {
        return load(source, Optional.empty(), Progress.NONE);
    }

    /** All images, by name. */
    List<Image> list() throws VarveException;

    /**
     * @param reference a name ({@code :latest} may be left out), a digest, or the beginning of its digits (at least four)
     * @throws dev.varve.domain.error.NoSuchImageException if there is none, or the beginning fits several
     */
    Image find(String reference) throws VarveException;

    /**
     * Writes an image: its configuration as it is, its layers as the archives that they were applied from. The same image,
     * format and compression give the same bytes. An image that was found by a name bears that name, one that was found
     * by its digest bears none.
     *
     * @param reference as for {@link #find}
     * @throws dev.varve.domain.error.NoSuchImageException if there is none, or the beginning fits several
     * @throws dev.varve.domain.error.WrongStateException  if a layer was applied before its archive's framing was kept
     * @throws dev.varve.domain.error.BadDataException     if a layer's files are not what they were; a file or directory
     *                                                     is not written then, and what a stream was given is no image
     */
    Saved save(String reference, Target target, Format format, Compression compression, Progress progress)
            throws VarveException;

    /**
     * Takes the name from the image; with the last name, or if asked for by digest, removes the image and those of its
     * layers that nothing else uses.
     *
     * @return the ids of the layers that were removed
     * @throws dev.varve.domain.error.LayerInUseException if one of those layers is held; nothing was removed then
     */
    List<LayerId> remove(String reference) throws VarveException;

    /**
     * Makes an image of a layer: what it changes becomes one committed layer upon those of the image that it lies on, and
     * the configuration is that image's with the layer in {@code rootfs.diff_ids} and {@code history} and with a new
     * {@code created}. The layer itself stays as it is, and may be used further. If it fails, nothing new is there.
     *
     * @param name of the new image; an image that had it before loses it
     * @throws dev.varve.domain.error.BadDataException    if the name is malformed
     * @throws dev.varve.domain.error.WrongStateException if the layer lies on no image, or on layers that several images
     *                                                    have and none of them is named
     * @throws dev.varve.domain.error.LayerInUseException if the layer is mounted for writing; while its changes are read
     *                                                    it cannot be
     */
    Image commit(LayerId layer, String name, Commit how) throws VarveException;

    /**
     * What is to be said of a layer that becomes part of an image.
     *
     * @param author  for the history
     * @param message for the history
     * @param base    a reference of the image below, for the case that several have the same layers
     */
    record Commit(Optional<String> author, Optional<String> message, Optional<String> base) {
        /** Nothing. */
        public static final Commit PLAIN = new Commit(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** How an image is laid out. */
    enum Format {
        /** As the OCI image specification says, image-layout.md. */
        OCI,
        /** The same, and the manifest.json that {@code docker load} wants: as {@code docker save} writes since Docker 25. */
        DOCKER
    }

    /** Where an image is written to. */
    sealed interface Target {
        /** A tar, which replaces a file that is there only when all is written and synced. */
        record Archive(Path file) implements Target {}

        /** A directory that is not there yet, or is empty: it appears when all is written and synced. */
        record Directory(Path directory) implements Target {}

        /** A tar; the stream stays open. */
        record Stream(OutputStream out) implements Target {}
    }

    /**
     * What was written.
     *
     * @param image    the digest of its configuration
     * @param manifest the digest of its OCI manifest
     * @param names    that it bears
     * @param layers   base first
     */
    record Saved(Digest image, Digest manifest, List<String> names, List<LayerBlob.Written> layers) {}

    /** An image of the store. */
    interface Image {
        ImageRecord record();

        Digest digest();

        List<String> names();

        List<DiffId> diffIds();

        /** The topmost layer: what a container's layer has as its parent. @throws IllegalStateException if there is none */
        LayerId top();

        /** The layers, base first. */
        List<LayerId> layers();

        /** What was left out of the layers when they were applied; known only to the call that loaded them. */
        List<LayerStore.Omission> omissions();
    }

    /**
     * Hears how long work goes on. Called from the thread that reads, which may be another than the caller's, but never from
     * two at once; must not block. What it throws ends the work and comes to the caller.
     */
    interface Progress {
        Progress NONE = (what, done, total) -> {};

        /** @param total 0 where it is not known */
        void report(String what, long done, long total);
    }
}
