package dev.varve.domain.layer;

import java.util.List;

/** What lies below a layer, as far down as the base. Empty for a base layer. The order is in the accessors' names. */
public final class ParentChain<T> {
    private final List<T> nearestFirst;

    private ParentChain(List<T> nearestFirst) {
        this.nearestFirst = List.copyOf(nearestFirst);
    }

    public static <T> ParentChain<T> ofNearestFirst(List<T> parents) {
        return new ParentChain<>(parents);
    }

    /** The direct parent first, the base last; the order of overlayfs' {@code lowerdir}. */
    public List<T> nearestFirst() {
        return nearestFirst;
    }

    /** The base first, the direct parent last; the order of an image's {@code diff_ids}. */
    public List<T> baseFirst() {
        return nearestFirst.reversed();
    }

    public int depth() {
        return nearestFirst.size();
    }

    public boolean isEmpty() {
        return nearestFirst.isEmpty();
    }

    /** The layers' other views, in the same order. */
    public <R> ParentChain<R> map(java.util.function.Function<T, R> mapping) {
        return new ParentChain<>(nearestFirst.stream().map(mapping).toList());
    }
}
