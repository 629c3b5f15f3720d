package dev.varve.ports.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.mount.RootPlan;

/**
 * One way to keep layers on a disk and to stack them. A driver knows its layout and its mount grammar and answers with
 * values; it does not mount, walk, compare, unpack, count or remove: that is done once, for all drivers. Safe for use
 * by several threads.
 *
 * <p>
 * Lifecycle of a layer: {@link #prepare} in a fresh place, then the place may be moved, then {@link #tree} and
 * {@link #root} any number of times. Removing is renaming the place away and deleting it, which needs no driver.
 */
public interface LayerDriver {
    /** The provider's name. */
    String name();

    /** How a new layer of this kind is to keep its content. */
    TreeForm formOf(LayerKind kind);

    /**
     * How a new full tree takes over what its parent has and it does not hide. Asked only where {@link #formOf} says
     * FULL; what cannot be shared is copied.
     */
    default Filling filling() {
        return Filling.COPY;
    }

    /** How a full tree is made of its parent's. */
    enum Filling {
        /** Each file is a copy, by reflink where the file system can. */
        COPY,
        /** Each file is one more hard link to the parent's, which therefore must never be changed in place. */
        HARD_LINK
    }

    /** Makes what the layout needs in an empty place. After a failure the place may hold some of it. */
    LayerTree prepare(LayerPlace place) throws VarveException;

    /** Where the layer's own content is. Pure. */
    LayerTree tree(LayerPlace place);

    /**
     * How the layer's root file system is to be had. Pure: nothing is touched, the answer depends on the arguments and on
     * what was found when the driver was opened.
     *
     * @param parents what lies below
     * @throws dev.varve.domain.error.UnsupportedException if more of it would have to be stacked than the driver can
     */
    RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access) throws VarveException;

    /**
     * The same for Varve's own reading: with the owners that the files of the layers have, where {@link #root} shows
     * others. Pure.
     *
     * @throws dev.varve.domain.error.UnsupportedException as {@link #root} does
     */
    default RootPlan inspection(LayerPlace place, ParentChain<LayerPlace> parents, Access access)
            throws VarveException {
        return root(place, parents, access);
    }

    /** Where the plans of {@link #root} mount, if any of them does. Pure. */
    Optional<Path> mountPoint(LayerPlace place);

    /**
     * Whether {@link #settle} would take long for this layer, which is mounted: then {@link #flush} is called before the
     * layer is unmounted. Costs next to nothing.
     */
    default boolean needsFlush(LayerPlace place) throws VarveException {
        return false;
    }

    /**
     * Does beforehand what takes long of {@link #settle}. Others do not wait for it, as they do for that; the layer may be
     * written to meanwhile.
     *
     * @throws dev.varve.domain.error.SyscallFailedException if something cannot be written to the disk
     */
    default void flush(LayerPlace place) throws VarveException {
        // a driver whose mounts leave nothing undone has nothing to do
    }

    /**
     * Ends what the last mount of this layer may have left undone: called after an unmount, and before the layer is mounted,
     * read or built upon where it is not mounted. Costs next to nothing where nothing was left.
     *
     * @param sameBoot whether the layer is known to have been held since the system came up
     * @throws dev.varve.domain.error.WrongStateException if the content may be incomplete; it stays as it is
     */
    default void settle(LayerPlace place, boolean sameBoot) throws VarveException {
        // a driver whose mounts leave nothing undone has nothing to do
    }

    /**
     * Refuses a layer that would not look the same from layers above it as it does mounted. It is not mounted writable.
     *
     * @throws dev.varve.domain.error.UnsupportedException if it would not
     */
    default void requireStackable(LayerPlace place) throws VarveException {
        // most drivers' layers look the same from above
    }

    /**
     * What there is to know about the driver in this store, in the order it is to be shown. May make and remove files and
     * mounts of its own below the driver's home; what cannot be found out is told as such.
     */
    List<Finding> status();
}
