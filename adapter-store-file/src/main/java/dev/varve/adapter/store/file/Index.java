package dev.varve.adapter.store.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;

/** All records in memory, found by what they are asked for by. Not safe for several threads. */
final class Index {
    private final NavigableMap<LayerNumber, LayerRecord> layers = new TreeMap<>();
    private final Map<LayerId, LayerRecord> byId = new HashMap<>();
    private final Map<LayerNumber, NavigableMap<LayerNumber, LayerRecord>> children = new HashMap<>();
    private final NavigableMap<LayerNumber, List<LeaseRecord>> leases = new TreeMap<>();
    private final NavigableMap<Digest, ImageRecord> images = new TreeMap<>();

    /** Adds the layer in the place of the one that has its number. */
    void put(LayerRecord layer) {
        forget(layer.number());
        layers.put(layer.number(), layer);
        byId.put(layer.id(), layer);
        layer.parent()
                .ifPresent(parent -> children.computeIfAbsent(parent, p -> new TreeMap<>()).put(layer.number(), layer));
    }

    /** Removes the layer, if it is there, and the leases on it. */
    void remove(LayerNumber number) {
        forget(number);
        leases.remove(number);
    }

    private void forget(LayerNumber number) {
        LayerRecord old = layers.remove(number);
        if (old == null) {
            return;
        }
        // While changes of another process are taken over one by one, the id may belong to a new layer already.
        byId.remove(old.id(), old);
        old.parent().ifPresent(parent -> children.computeIfPresent(parent, (p, its) -> {
            its.remove(number);
            return its.isEmpty() ? null : its;
        }));
    }

    /** Replaces all leases of the layer. */
    void putLeases(LayerNumber layer, List<LeaseRecord> its) {
        if (its.isEmpty()) {
            leases.remove(layer);
        } else {
            leases.put(layer, List.copyOf(its));
        }
    }

    void putImage(ImageRecord image) {
        images.put(image.config(), image);
    }

    void removeImage(Digest config) {
        images.remove(config);
    }

    void clearImages() {
        images.clear();
    }

    Optional<LayerRecord> find(LayerId id) {
        return Optional.ofNullable(byId.get(id));
    }

    Optional<LayerRecord> find(LayerNumber number) {
        return Optional.ofNullable(layers.get(number));
    }

    List<LayerRecord> layers() {
        return List.copyOf(layers.values());
    }

    /** As far down as they are there, the nearest first. Each was made before those above it, so no chain is a circle. */
    List<LayerRecord> parents(LayerNumber layer) {
        List<LayerRecord> chain = new ArrayList<>();
        Optional<LayerRecord> next = find(layer).flatMap(LayerRecord::parent).flatMap(this::find);
        while (next.isPresent()) {
            chain.add(next.get());
            LayerNumber number = next.get().number();
            next = next.get().parent().filter(p -> p.compareTo(number) < 0).flatMap(this::find);
        }
        return chain;
    }

    List<LayerRecord> children(LayerNumber parent) {
        NavigableMap<LayerNumber, LayerRecord> its = children.get(parent);
        return its == null ? List.of() : List.copyOf(its.values());
    }

    List<LeaseRecord> leases(LayerNumber layer) {
        return leases.getOrDefault(layer, List.of());
    }

    List<LeaseRecord> leases() {
        List<LeaseRecord> all = new ArrayList<>();
        leases.values().forEach(all::addAll);
        return List.copyOf(all);
    }

    Optional<ImageRecord> image(Digest config) {
        return Optional.ofNullable(images.get(config));
    }

    List<ImageRecord> images() {
        return List.copyOf(images.values());
    }

    /** A layer whose id another layer has too: no change of this program leaves such. */
    Optional<LayerRecord> withTakenId() {
        return layers.values().stream().filter(layer -> find(layer.id()).filter(layer::equals).isEmpty()).findFirst();
    }
}
