package dev.varve.adapter.store.file;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

import dev.varve.adapter.store.file.ChangeWriter.Need;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.store.Catalogue;

/**
 * The catalogue in files ({@link Layout}). Safe for several threads and processes: changes are made under the
 * {@link CatalogueLock}, reading does not wait for it but for moments in which everything has to be read again.
 */
final class FileCatalogue implements Catalogue {
    private final CatalogueLock lock;
    private final boolean lockable;
    /** Used by the holder of the lock only. */
    private final Folders folders;
    private final RecordCache cache;
    private final NumberSource numbers = new NumberSource();
    /** Used by the holder of the lock only. */
    private final ChangeWriter changes;

    /** @param lockable whether there is a lock; where there is none, nothing can be changed either */
    FileCatalogue(CatalogueLock lock, boolean lockable, Folders folders, RecordCache cache) {
        this.lock = lock;
        this.lockable = lockable;
        this.folders = folders;
        this.cache = cache;
        this.changes = new ChangeWriter(folders, cache);
    }

    @Override
    public Optional<LayerRecord> find(LayerId id) throws VarveException {
        return query(index -> index.find(id));
    }

    @Override
    public Optional<LayerRecord> find(LayerNumber number) throws VarveException {
        return query(index -> index.find(number));
    }

    @Override
    public List<LayerRecord> layers() throws VarveException {
        return query(Index::layers);
    }

    @Override
    public List<LayerRecord> children(LayerNumber parent) throws VarveException {
        return query(index -> index.children(parent));
    }

    @Override
    public List<LayerRecord> parents(LayerNumber layer) throws VarveException {
        List<LayerRecord> chain = query(index -> index.parents(layer));
        Optional<LayerNumber> missing = chain.isEmpty() ? query(index -> index.find(layer)).flatMap(LayerRecord::parent)
                : chain.getLast().parent();
        if (missing.isPresent()) {
            throw new BadDataException("layer " + layer + " has lost layer " + missing.get() + ", which lay below it",
                    "the store is damaged; remove the layer and apply it again");
        }
        return chain;
    }

    @Override
    public LayerNumber nextNumber() throws VarveException {
        while (true) {
            OptionalLong number = numbers.poll();
            if (number.isEmpty()) {
                number = exclusively(() -> {
                    OptionalLong another = numbers.poll();
                    if (another.isEmpty()) {
                        numbers.reserve(folders.top());
                        another = numbers.poll();
                    }
                    return another;
                });
            }
            LayerNumber candidate = new LayerNumber(number.orElseThrow());
            // A layer may have been put under a number that this process had set aside.
            if (find(candidate).isEmpty()) {
                return candidate;
            }
        }
    }

    @Override
    public void put(LayerRecord layer) throws VarveException {
        if (Folders.number(Folders.name(layer.number())).isEmpty()) {
            throw new IllegalArgumentException("no number that a store gives out: " + layer.number());
        }
        exclusively(() -> {
            Optional<LayerRecord> holder = query(index -> index.find(layer.id()));
            if (holder.isPresent() && !holder.get().number().equals(layer.number())) {
                throw new LayerExistsException(layer.id());
            }
            boolean isNew = query(index -> index.find(layer.number())).isEmpty();
            numbers.use(layer.number().value(), folders.top());
            EntryName name = Folders.name(layer.number());
            byte[] content = RecordCodec.encode(layer);
            changes.make(layer.number().value(), Need.SPACE, () -> {
                if (isNew) {
                    // Of an older layer of this number, whose removal was cut short after the record.
                    folders.leases().remove(name);
                }
                folders.layers().put(name, content);
            }, index -> index.put(layer));
            return layer;
        });
    }

    @Override
    public void remove(LayerNumber layer) throws VarveException {
        exclusively(() -> {
            changes.settle();
            if (query(index -> index.find(layer)).isEmpty()) {
                return layer;
            }
            EntryName name = Folders.name(layer);
            changes.make(layer.value(), Need.NO_SPACE, () -> {
                folders.layers().remove(name);
                sweep(folders.leases(), name);
            }, index -> index.remove(layer));
            return layer;
        });
    }

    @Override
    public List<ImageRecord> images() throws VarveException {
        return query(Index::images);
    }

    @Override
    public void putImage(ImageRecord image, byte[] config) throws VarveException {
        Digest digest = image.config();
        Digest actual = Folders.digestOf(config, digest);
        if (!actual.equals(digest)) {
            throw new DigestMismatchException("configuration of an image", digest, actual);
        }
        EntryName name = Folders.name(digest);
        byte[] record = RecordCodec.encode(image);
        exclusively(() -> {
            boolean isNew = query(index -> index.image(digest)).isEmpty();
            changes.make(ChangeLog.IMAGES, Need.SPACE, () -> {
                // The configuration first: a record is never without it.
                if (!Arrays.equals(config, folders.configs().read(name).orElse(null))) {
                    folders.configs().put(name, config);
                }
                try {
                    folders.images().put(name, record);
                } catch (VarveException e) {
                    if (isNew) {
                        sweep(folders.configs(), name);
                    }
                    throw e;
                }
            }, index -> index.putImage(image));
            return image;
        });
    }

    @Override
    public byte[] imageConfig(ImageRecord image) throws VarveException {
        Digest digest = image.config();
        Optional<byte[]> config = query(index -> index.image(digest)).isPresent() ? cache.config(digest)
                : Optional.empty();
        if (config.isPresent()) {
            return config.get();
        }
        // Asked again: it may have been removed between the two looks.
        if (query(index -> index.image(digest)).isPresent()) {
            throw new BadDataException(folders.configs().labelOf(Folders.name(digest)) + " is missing",
                    RecordCodec.DAMAGE_HINT);
        }
        throw new NoSuchImageException("no image has the configuration " + digest,
                "`varve image ls` lists the images of this store");
    }

    @Override
    public void removeImage(ImageRecord image) throws VarveException {
        Digest digest = image.config();
        EntryName name = Folders.name(digest);
        exclusively(() -> {
            changes.settle();
            if (query(index -> index.image(digest)).isEmpty()) {
                return image;
            }
            changes.make(ChangeLog.IMAGES, Need.NO_SPACE, () -> {
                folders.images().remove(name);
                sweep(folders.configs(), name);
            }, index -> index.removeImage(digest));
            return image;
        });
    }

    @Override
    public List<LeaseRecord> leases(LayerNumber layer) throws VarveException {
        return query(index -> index.leases(layer));
    }

    @Override
    public List<LeaseRecord> leases() throws VarveException {
        return query(Index::leases);
    }

    @Override
    public void putLeases(LayerNumber layer, List<LeaseRecord> leases) throws VarveException {
        if (!leases.stream().allMatch(lease -> lease.layer().equals(layer))) {
            throw new IllegalArgumentException("leases on another layer than " + layer);
        }
        List<LeaseRecord> sorted = leases.stream().sorted(Comparator.comparing(LeaseRecord::since)).toList();
        EntryName name = Folders.name(layer);
        exclusively(() -> {
            changes.settle();
            boolean exists = query(index -> index.find(layer)).isPresent();
            if (sorted.isEmpty()) {
                if (!query(index -> index.leases(layer)).isEmpty()) {
                    changes.make(layer.value(), Need.NO_SPACE, () -> folders.leases().remove(name),
                            index -> index.putLeases(layer, sorted));
                }
            } else if (exists) {
                byte[] content = RecordCodec.encode(sorted);
                changes.make(layer.value(), Need.SPACE, () -> folders.leases().put(name, content),
                        index -> index.putLeases(layer, sorted));
            } else {
                throw new WrongStateException("layer " + layer + " cannot be leased: it has been removed",
                        "`varve layer ls` lists the layers of this store");
            }
            return layer;
        });
    }

    @Override
    public <T> T exclusively(Action<T> action) throws VarveException {
        return lock.exclusively(action);
    }

    @Override
    public void close() {
        lock.close();
        folders.close();
        cache.close();
    }

    private <T> T query(Function<Index, T> question) throws VarveException {
        Optional<T> answer = cache.query(question);
        if (answer.isPresent()) {
            return answer.get();
        }
        if (!lockable) {
            return cache.queryUnlocked(question);
        }
        return exclusively(() -> {
            changes.settle();
            return cache.queryLocked(question);
        });
    }

    /** Removes what is garbage from now on. A failure is none: nobody reads it, and the next opening clears it away. */
    private static void sweep(RecordDirectory directory, EntryName name) {
        try {
            directory.remove(name);
        } catch (VarveException e) {
            return;
        }
    }
}
