package dev.varve.adapter.store.file;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * The records in memory, kept equal to those on the disk by a look at the {@link ChangeLog} before each use. Safe for
 * several threads: every method holds this object's monitor, and only while it reads, never while anything is written.
 * Who wants the catalogue's lock too takes that one first.
 */
final class RecordCache implements AutoCloseable {
    /** So often is reading everything without the lock tried, before others are made to wait. */
    private static final int ATTEMPTS = 3;
    private final Folders folders;
    private final OpenFile changes;
    private Index index = new Index();
    /** The even value of the log's counter that the index belongs to. */
    private long stamp = ChangeLog.UNKNOWN;
    private boolean closed;

    /** @param folders closed with this */
    private RecordCache(Folders folders, OpenFile changes) {
        this.folders = folders;
        this.changes = changes;
    }

    /** A cache of what is in {@code home}; nothing of it is read yet. */
    static RecordCache open(Directory home) throws VarveException {
        Folders folders = Folders.open(home);
        try {
            return new RecordCache(folders, folders.readChanges());
        } catch (VarveException | RuntimeException | Error e) {
            folders.close();
            throw e;
        }
    }

    /** The answer, or empty if it cannot be had without the lock. */
    synchronized <T> Optional<T> query(Function<Index, T> question) throws VarveException {
        requireOpen();
        return refresh() ? Optional.of(question.apply(index)) : Optional.empty();
    }

    /** The answer, while the caller's lock keeps all others from changing anything. */
    synchronized <T> T queryLocked(Function<Index, T> question) throws VarveException {
        requireOpen();
        if (!refresh()) {
            loadAll();
            requireDistinctIds();
        }
        return question.apply(index);
    }

    /** The answer from records that may change while they are read, where there is no lock to be had. */
    synchronized <T> T queryUnlocked(Function<Index, T> question) throws VarveException {
        requireOpen();
        if (!refresh()) {
            loadAll();
        }
        return question.apply(index);
    }

    /** The bytes of an image's configuration, or empty if there are none. */
    synchronized Optional<byte[]> config(Digest digest) throws VarveException {
        requireOpen();
        return folders.config(digest);
    }

    /** The counter of the log of changes, or unknown if it is lost. */
    synchronized long counter() throws VarveException {
        requireOpen();
        return ChangeLog.counter(changes);
    }

    /** Takes over a change that the caller has made on the disk, if nothing else is new; else it is read later. */
    synchronized void changed(long before, long after, Consumer<Index> effect) {
        if (stamp == before) {
            effect.accept(index);
            stamp = after;
        }
    }

    private boolean refresh() throws VarveException {
        if (stamp != ChangeLog.UNKNOWN && ChangeLog.counter(changes) == stamp) {
            return true;
        }
        Optional<ChangeLog.Seen> seen = ChangeLog.read(changes);
        if (seen.isEmpty()) {
            return false;
        }
        Optional<long[]> changed = seen.get().changesSince(stamp);
        if (changed.isEmpty()) {
            return loadAllUndisturbed();
        }
        for (long record : changed.get()) {
            reload(record);
        }
        stamp = seen.get().settled();
        return true;
    }

    private boolean loadAllUndisturbed() throws VarveException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<ChangeLog.Seen> before = ChangeLog.read(changes);
            loadAll();
            if (before.isEmpty()) {
                return false;
            }
            if (ChangeLog.counter(changes) == before.get().counter()) {
                requireDistinctIds();
                stamp = before.get().settled();
                return true;
            }
        }
        return false;
    }

    private void requireDistinctIds() throws VarveException {
        var one = index.withTakenId();
        if (one.isPresent()) {
            throw new BadDataException(folders.layers().labelOf(Folders.name(one.get().number()))
                    + " has the id of another layer: " + one.get().id(), RecordCodec.DAMAGE_HINT);
        }
    }

    private void reload(long record) throws VarveException {
        if (record == ChangeLog.IMAGES) {
            loadImages(index);
        } else {
            loadLayer(index, new LayerNumber(record));
        }
    }

    /** Reads everything. Until a stamp is given to it, the index counts as not up to date. */
    private void loadAll() throws VarveException {
        stamp = ChangeLog.UNKNOWN;
        Index fresh = new Index();
        for (EntryName name : folders.layers().names()) {
            Optional<LayerNumber> number = Folders.number(name);
            if (number.isPresent()) {
                loadRecord(fresh, number.get());
            }
        }
        for (EntryName name : folders.leases().names()) {
            Optional<LayerNumber> number = Folders.number(name);
            if (number.isPresent() && fresh.find(number.get()).isPresent()) {
                loadLeases(fresh, number.get());
            }
        }
        loadImages(fresh);
        index = fresh;
    }

    private void loadLayer(Index into, LayerNumber number) throws VarveException {
        loadRecord(into, number);
        if (into.find(number).isPresent()) {
            loadLeases(into, number);
        }
    }

    private void loadRecord(Index into, LayerNumber number) throws VarveException {
        EntryName name = Folders.name(number);
        Optional<byte[]> bytes = folders.layers().read(name);
        if (bytes.isPresent()) {
            into.put(RecordCodec.layer(bytes.get(), folders.layers().labelOf(name), number));
        } else {
            into.remove(number);
        }
    }

    private void loadLeases(Index into, LayerNumber number) throws VarveException {
        EntryName name = Folders.name(number);
        Optional<byte[]> bytes = folders.leases().read(name);
        into.putLeases(number, bytes.isPresent() ? decoded(bytes.get(), name, number) : List.of());
    }

    /** Only a power loss leaves half a record, as they are not synced; and after one all leases are void. */
    private List<LeaseRecord> decoded(byte[] bytes, EntryName name, LayerNumber number) {
        try {
            return RecordCodec.leases(bytes, folders.leases().labelOf(name), number);
        } catch (BadDataException e) {
            return List.of();
        }
    }

    private void loadImages(Index into) throws VarveException {
        into.clearImages();
        for (EntryName name : folders.images().names()) {
            Optional<Digest> digest = Folders.digest(name);
            if (digest.isPresent()) {
                Optional<byte[]> bytes = folders.images().read(name);
                if (bytes.isPresent()) {
                    into.putImage(RecordCodec.image(bytes.get(), folders.images().labelOf(name), digest.get()));
                }
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the catalogue is closed");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        folders.close();
    }
}
