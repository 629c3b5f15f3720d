package dev.varve.ports.store;

import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;

/**
 * The records of one store: layers, images, leases. What was put is on the disk when the method returns and survives a
 * crash; a method that failed has changed nothing. Several processes and threads may use one store at once: each call
 * sees all that was put before it by anyone.
 *
 * <p>
 * A change that depends on what was read is made within {@link #exclusively}: only one thread of one process is in there
 * at a time, and no other's change comes between. Calls outside of it take the same lock for themselves alone.
 */
public interface Catalogue extends AutoCloseable {
    Optional<LayerRecord> find(LayerId id) throws VarveException;

    Optional<LayerRecord> find(LayerNumber number) throws VarveException;

    /** All layers, by number. */
    List<LayerRecord> layers() throws VarveException;

    /**
     * What lies below the layer, its direct parent first, the base last; none if there is no such layer.
     *
     * @throws dev.varve.domain.error.BadDataException if a layer names a parent that is not there
     */
    List<LayerRecord> parents(LayerNumber layer) throws VarveException;

    /** The layers that have this one as their parent, by number. */
    List<LayerRecord> children(LayerNumber parent) throws VarveException;

    /** A number that no layer of this store ever had, and that is never given out again, even after a crash. */
    LayerNumber nextNumber() throws VarveException;

    /**
     * Adds the layer, or replaces the record that has its number.
     *
     * @throws dev.varve.domain.error.LayerExistsException if another layer has its id
     * @throws dev.varve.domain.error.BadDataException     if the record would be so large, by its labels, that it could not
     *                                                     be read again
     */
    void put(LayerRecord layer) throws VarveException;

    /** Removes the record; a missing one is success. Needs no space on the disk. Leases of the layer go with it. */
    void remove(LayerNumber layer) throws VarveException;

    /** All images, by the digest of their configuration. */
    List<ImageRecord> images() throws VarveException;

    /**
     * Adds the image with the bytes of its configuration, or replaces the record that has the same digest.
     *
     * @throws dev.varve.domain.error.BadDataException if one of the two would be so large that it could not be read again
     */
    void putImage(ImageRecord image, byte[] config) throws VarveException;

    /** The bytes of the configuration of an image. @throws dev.varve.domain.error.NoSuchImageException if there is none */
    byte[] imageConfig(ImageRecord image) throws VarveException;

    /** Removes the image's record and configuration, not its layers; a missing one is success. */
    void removeImage(ImageRecord image) throws VarveException;

    /** The leases on a layer, oldest first. */
    List<LeaseRecord> leases(LayerNumber layer) throws VarveException;

    /** All leases, by layer, oldest first. */
    List<LeaseRecord> leases() throws VarveException;

    /**
     * Replaces all leases of the layer. An empty list removes them, and needs no space on the disk. They survive the
     * death of processes but not a power loss, which ends the mounts that they are about.
     */
    void putLeases(LayerNumber layer, List<LeaseRecord> leases) throws VarveException;

    /**
     * Runs the action while no other thread or process changes the catalogue. Not for long work: others wait. Entering
     * again from within is allowed.
     *
     * @throws dev.varve.domain.error.WrongStateException if the lock was not to be had within 60 seconds; the message
     *                                                    names the process that holds it, where it is known
     */
    <T> T exclusively(Action<T> action) throws VarveException;

    /** Gives back what is held open; the records stay. */
    @Override
    void close();

    /** Something to do under the catalogue's lock. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws VarveException;
    }
}
