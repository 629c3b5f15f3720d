package dev.varve.ports.driver;

import java.util.Map;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
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

    /** Makes what the layout needs in an empty place. After a failure the place may hold some of it. */
    LayerTree prepare(LayerPlace place) throws VarveException;

    /** Where the layer's own content is. Pure. */
    LayerTree tree(LayerPlace place);

    /**
     * How the layer's root file system is to be had. Pure: nothing is touched, the answer depends on the arguments and on
     * what was found when the driver was opened.
     *
     * @param parents what lies below
     * @throws dev.varve.domain.error.UnsupportedException if the chain is too long
     */
    RootPlan root(LayerPlace place, ParentChain<LayerPlace> parents, Access access) throws VarveException;

    /** How many layers may lie below a writable one, at most; a committed one may have one less. */
    int maxParents();

    /** What was found out at opening, for people: names and values in the order they are to be shown. */
    Map<String, String> status();
}
