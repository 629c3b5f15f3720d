package dev.varve.app.image;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.ports.store.Catalogue;

/** A catalogue in memory, for one thread. It can be told to fail. */
final class FakeCatalogue implements Catalogue {
    private final TreeMap<LayerNumber, LayerRecord> layers = new TreeMap<>();
    private final TreeMap<Digest, ImageRecord> images = new TreeMap<>();
    private final Map<Digest, byte[]> configs = new HashMap<>();
    private final Map<LayerNumber, List<LeaseRecord>> leases = new HashMap<>();
    private long last;
    /** How many images may still be put before the disk is full. */
    int imagesLeft = Integer.MAX_VALUE;
    /** Runs once, before the next action that is exclusive: what another process does at the worst moment. */
    Action<?> intruder = () -> null;
    /** How deep in {@link #exclusively} it is. */
    int exclusive;

    @Override
    public Optional<LayerRecord> find(LayerId id) {
        return layers.values().stream().filter(layer -> layer.id().equals(id)).findFirst();
    }

    @Override
    public Optional<LayerRecord> find(LayerNumber number) {
        return Optional.ofNullable(layers.get(number));
    }

    @Override
    public List<LayerRecord> layers() {
        return List.copyOf(layers.values());
    }

    @Override
    public List<LayerRecord> parents(LayerNumber layer) {
        List<LayerRecord> chain = new java.util.ArrayList<>();
        for (Optional<LayerNumber> next = layers.get(layer).parent(); next.isPresent();) {
            LayerRecord parent = layers.get(next.get());
            chain.add(parent);
            next = parent.parent();
        }
        return chain;
    }

    @Override
    public List<LayerRecord> children(LayerNumber parent) {
        return layers.values().stream().filter(layer -> layer.parent().equals(Optional.of(parent))).toList();
    }

    @Override
    public LayerNumber nextNumber() {
        return new LayerNumber(++last);
    }

    @Override
    public void put(LayerRecord layer) {
        layers.put(layer.number(), layer);
    }

    @Override
    public void remove(LayerNumber layer) {
        layers.remove(layer);
    }

    @Override
    public List<ImageRecord> images() {
        return List.copyOf(images.values());
    }

    @Override
    public void putImage(ImageRecord image, byte[] config) throws VarveException {
        if (imagesLeft-- == 0) {
            throw new SyscallFailedException("write()", Errno.ENOSPC);
        }
        images.put(image.config(), image);
        configs.put(image.config(), config);
    }

    @Override
    public byte[] imageConfig(ImageRecord image) throws VarveException {
        byte[] config = configs.get(image.config());
        if (config == null) {
            throw new NoSuchImageException("no such image: " + image.config(), "");
        }
        return config;
    }

    @Override
    public void removeImage(ImageRecord image) {
        images.remove(image.config());
        configs.remove(image.config());
    }

    @Override
    public List<LeaseRecord> leases(LayerNumber layer) {
        return leases.getOrDefault(layer, List.of());
    }

    @Override
    public List<LeaseRecord> leases() {
        List<LeaseRecord> all = new ArrayList<>();
        leases.values().forEach(all::addAll);
        return all;
    }

    @Override
    public void putLeases(LayerNumber layer, List<LeaseRecord> held) {
        leases.put(layer, List.copyOf(held));
    }

    @Override
    public <T> T exclusively(Action<T> action) throws VarveException {
        Action<?> first = intruder;
        intruder = () -> null;
        first.run();
        exclusive++;
        try {
            return action.run();
        } finally {
            exclusive--;
        }
    }

    @Override
    public void close() {}
}
