package dev.varve.ports.in;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.domain.change.Change;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.Usage;

/**
 * The layers of one store, in the words of graph drivers. Safe for use by several threads, and by several processes on
 * one store. What a method has returned from is on the disk; what failed left the store as it was.
 *
 * <p>
 * <b>Words.</b> A layer has an id that its user chose and at most one parent. An <em>active</em> layer is writable while
 * it has no child; a <em>committed</em> one, such as {@link #apply} makes, never changes. A frozen layer (committed, or
 * with a child) is leased read-only.
 */
public interface LayerStore {
    /**
     * Makes an empty writable layer.
     *
     * @param parent the layer below, or empty for a base layer
     * @throws dev.varve.domain.error.LayerExistsException if the id is taken
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such parent
     * @throws dev.varve.domain.error.WrongStateException  if the parent is being written to: it is leased for writing; or
     *     something is mounted in a tree that is to be copied
     * @throws dev.varve.domain.error.UnsupportedException if the driver cannot stack so many layers
     */
    LayerRecord create(LayerId id, Optional<LayerId> parent, Map<String, String> labels) throws VarveException;

    /** The same with a parent and without labels. */
    default LayerRecord create(LayerId id, LayerId parent) throws VarveException {
        return create(id, Optional.of(parent), Map.of());
    }

    /** The same for a base layer without labels. */
    default LayerRecord create(LayerId id) throws VarveException {
        return create(id, Optional.empty(), Map.of());
    }

    /**
     * Makes a committed layer and fills it from a layer archive: plain, gzip, zstd, xz or bzip2. The stream is read to its end and
     * left open.
     *
     * @param expected what the archive is known to be; whatever of it is given is verified
     * @throws dev.varve.domain.error.BadDataException        if it is no archive, truncated or malformed
     * @throws dev.varve.domain.error.UnsafePathException     if an entry would reach outside
     * @throws dev.varve.domain.error.DigestMismatchException if it is not what was expected
     * @throws VarveException                                 as {@link #create} does
     */
    Applied apply(LayerId id, Optional<LayerId> parent, InputStream archive, Expected expected) throws VarveException;

    /** The same with a parent, of an archive of which nothing is known. */
    default Applied apply(LayerId id, LayerId parent, InputStream archive) throws VarveException {
        return apply(id, Optional.of(parent), archive, Expected.ANYTHING);
    }

    /** The same for a base layer. */
    default Applied apply(LayerId id, InputStream archive) throws VarveException {
        return apply(id, Optional.empty(), archive, Expected.ANYTHING);
    }

    /**
     * Takes a hold on the layer's root file system, and mounts it where the driver mounts and it is not mounted yet. It is
     * writable, unless the layer was applied or has layers on it.
     *
     * @throws dev.varve.domain.error.LayerInUseException  if it would be writable, but is read as it is at the moment: an
     *                                                     image is made of it, or a layer on it
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer
     * @throws dev.varve.domain.error.UnsupportedException if the host refuses the mount
     */
    Lease acquire(LayerId id) throws VarveException;

    /**
     * Gives back one hold on the layer that was detached, or whose process is gone; the oldest such. The last one that
     * goes unmounts.
     *
     * @return how many holds are left
     * @throws dev.varve.domain.error.WrongStateException  if nobody holds it
     * @throws dev.varve.domain.error.LayerInUseException  if a process still uses the mount; the hold is kept
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer
     */
    int release(LayerId id) throws VarveException;

    /**
     * What differs from the parent, or from another layer: paths in the order of a walk, each directory that holds a
     * change among them. For a base layer without {@code against}, everything is an addition.
     *
     * @throws dev.varve.domain.error.WrongStateException if something is mounted in a tree that is read
     */
    Changes changes(LayerId id, Optional<LayerId> against, Comparison comparison) throws VarveException;

    /** The same against the parent, with a file taken for unchanged where its metadata are ({@link Comparison#METADATA}). */
    default Changes changes(LayerId id) throws VarveException {
        return changes(id, Optional.empty(), Comparison.METADATA);
    }

    /**
     * The same changes as a layer archive, ready to be written. Nothing is read before that. Of a layer that was
     * {@linkplain #apply applied}, against its parent, it is the very archive that was applied, uncompressed: the same
     * bytes and diff ID. Writing it fails with {@link dev.varve.domain.error.BadDataException} if the layer's files are
     * not what they were, and as {@link #changes} does.
     */
    LayerBlob diff(LayerId id, Optional<LayerId> against, Comparison comparison) throws VarveException;

    /** The same against the parent, by metadata. */
    default LayerBlob diff(LayerId id) throws VarveException {
        return diff(id, Optional.empty(), Comparison.METADATA);
    }

    /** What the layer takes on the disk, without its parents; of a layer that is a full copy, all of it. */
    Usage usage(LayerId id) throws VarveException;

    boolean exists(LayerId id) throws VarveException;

    /** @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer */
    LayerInfo inspect(LayerId id) throws VarveException;

    /** All layers, in the order they were made. */
    List<LayerInfo> list() throws VarveException;

    /**
     * Removes the layer and its files. Needs no free space. On a crash the layer is either whole or gone from
     * {@link #list}; leftovers are deleted when the store is opened next.
     *
     * @throws dev.varve.domain.error.NoSuchLayerException if there is no such layer
     * @throws dev.varve.domain.error.LayerInUseException  if it is held, being read, or a parent
     */
    void remove(LayerId id) throws VarveException;

    /** What is known of the archive before it is read. */
    record Expected(Optional<dev.varve.domain.digest.Digest> blob, Optional<dev.varve.domain.digest.DiffId> diffId) {
        /** Nothing. */
        public static final Expected ANYTHING = new Expected(Optional.empty(), Optional.empty());
    }

    /**
     * What came of {@link #apply}.
     *
     * @param filled how the layer took over what lies below, where the driver keeps full trees
     */
    record Applied(LayerRecord layer, dev.varve.domain.digest.Digest blob, dev.varve.domain.digest.DiffId diffId,
            Usage usage, long entries, List<Omission> omissions, Optional<Filled> filled) {}

    /**
     * How a full tree was made of its parent's.
     *
     * @param linked  files that are one more name of the parent's
     * @param copied  files that are not
     * @param reasons why files were copied that should have been linked, each with how many
     * @param usage   what was made for it: copies and directories
     */
    record Filled(long linked, long copied, Map<String, Long> reasons, Usage usage) {
        public Filled {
            reasons = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(reasons));
        }
    }

    /** Something that this user or file system could not be given, or a tar could not hold, and that was left out. */
    record Omission(dev.varve.domain.path.EntryPath path, String what) {
        @Override
        public String toString() {
            return path + ": " + what;
        }
    }

    /** A list of changes and how it was found. */
    record Changes(List<Change> list, Method method) implements Iterable<Change> {
        public Changes {
            list = List.copyOf(list);
        }

        @Override
        public Iterator<Change> iterator() {
            return list.iterator();
        }
    }

    /** How changes were found. */
    record Method(boolean fromDelta, String reason) {}

    /** A layer as it stands. */
    record LayerInfo(LayerRecord record, Optional<LayerId> parent, int depth, int children, int leases,
            Optional<java.nio.file.Path> mountedAt) {}
}
