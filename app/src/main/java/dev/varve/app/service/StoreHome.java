package dev.varve.app.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.app.tree.TreeRemover;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Syscalls;

/**
 * Where the layers of one driver are: {@code layers/N}, and beside it {@code N.new} while a layer is being made and
 * {@code N.gone} while one is being deleted. A layer is there once its record is, so whatever has no record is what a
 * crash left; the maker of a {@code .new} holds a lock on it, which ends with its process.
 */
final class StoreHome {
    static final EntryName LAYERS = EntryName.of("layers");
    static final EntryName SPOOL = EntryName.of("spool");
    private static final String NEW = ".new";
    private static final String GONE = ".gone";
    private static final int HOLD_TRIES = 50;
    private static final long HOLD_PAUSE_MILLIS = 10;
    private final Path home;
    private final Syscalls syscalls;

    StoreHome(Path home, Syscalls syscalls) {
        this.home = home;
        this.syscalls = syscalls;
    }

    Path path() {
        return home;
    }

    /** Makes the directories that are missing. */
    void prepare() throws VarveException {
        try (Directory directory = syscalls.directory(home)) {
            for (EntryName name : new EntryName[]{LAYERS, SPOOL}) {
                if (directory.find(name).isEmpty()) {
                    makeOrFind(directory, name);
                }
            }
        }
    }

    private static void makeOrFind(Directory directory, EntryName name) throws VarveException {
        try {
            directory.makeDirectory(name, 0700);
            directory.sync();
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) {
                throw e;
            }
        }
    }

    /** Where a finished layer is. */
    LayerPlace place(LayerRecord layer) {
        return place(layer.number(), layer.form());
    }

    /** Where a layer that is going to be made so will be. */
    LayerPlace place(LayerNumber number, TreeForm form) {
        return new LayerPlace(number, directory(number), form);
    }

    private Path directory(LayerNumber number) {
        return home.resolve(LAYERS.toString()).resolve(number.toString());
    }

    Directory layers() throws VarveException {
        return syscalls.directory(home.resolve(LAYERS.toString()));
    }

    Directory spool() throws VarveException {
        return syscalls.directory(home.resolve(SPOOL.toString()));
    }

    /** A fresh place for a layer that is being made. To be called under the catalogue's lock, as {@link #retireLeftovers} is. */
    Staged stage(LayerNumber number, TreeForm form) throws VarveException {
        EntryName name = EntryName.of(number + NEW);
        try (Directory layers = layers()) {
            layers.makeDirectory(name, 0700);
            try {
                return new Staged(
                        new LayerPlace(number, home.resolve(LAYERS.toString()).resolve(name.toString()), form),
                        layers.openLocked(name, LockMode.EXCLUSIVE)
                                .orElseThrow(() -> new IllegalStateException("a fresh directory is locked: " + name)));
            } catch (VarveException e) {
                removeAfter(layers, name, e);
                throw e;
            }
        }
    }

    private static void removeAfter(Directory layers, EntryName name, VarveException cause) {
        try {
            TreeRemover.remove(layers, name);
        } catch (VarveException e) {
            cause.addSuppressed(e); // the next opening of the store finds it
        }
    }

    /** A layer that is being made. Closing it removes what is there, unless it was published. */
    final class Staged implements AutoCloseable {
        private final LayerPlace place;
        private final Directory directory;
        private boolean published;

        private Staged(LayerPlace place, Directory directory) {
            this.place = place;
            this.directory = directory;
        }

        LayerPlace place() {
            return place;
        }

        /** All that was written is on the disk when this returns. */
        void sync() throws VarveException {
            directory.syncFileSystem();
        }

        /** Moves it to where finished layers are. */
        void publish() throws VarveException {
            try (Directory layers = layers()) {
                layers.rename(EntryName.of(place.number() + NEW), layers, EntryName.of(place.number().toString()),
                        false);
                published = true;
                directory.tryLock(LockMode.NONE);
                layers.sync();
            }
        }

        /** Undoes {@link #publish}, as far as that was done, after a failure. */
        void withdrawAfter(VarveException cause) {
            if (!published) {
                return;
            }
            try (Directory layers = layers()) {
                layers.rename(EntryName.of(place.number().toString()), layers, EntryName.of(place.number() + NEW),
                        false);
                published = false;
            } catch (VarveException e) {
                cause.addSuppressed(e);
            }
        }

        @Override
        public void close() throws VarveException {
            try (directory) {
                if (!published) {
                    try (Directory layers = layers()) {
                        TreeRemover.remove(layers, EntryName.of(place.number() + NEW));
                    }
                }
            }
        }
    }

    /**
     * Takes a layer, whose record is gone already, out of the way. To be called under the catalogue's lock. Where it cannot
     * be moved, as on a disk that has no room for a name, it is deleted where it is.
     *
     * @return what {@link #delete} is to delete
     */
    EntryName retire(LayerNumber number) {
        return moved(EntryName.of(number.toString()), number + GONE);
    }

    private EntryName moved(EntryName from, String to) {
        EntryName gone = EntryName.of(to);
        try (Directory layers = layers()) {
            layers.rename(from, layers, gone, false);
            return gone;
        } catch (VarveException e) {
            return from;
        }
    }

    /**
     * Deletes what was taken out of the way. Not to be called under the catalogue's lock: it takes as long as there are
     * files. What another process is deleting is left to that one.
     *
     * @throws VarveException if something of it cannot be deleted; the next opening of the store tries again
     */
    void delete(EntryName retired) throws VarveException {
        try (Directory layers = layers()) {
            Optional<Directory> claim = layers.openLocked(retired, LockMode.EXCLUSIVE);
            if (claim.isPresent()) {
                try (Directory _ = claim.get()) {
                    TreeRemover.remove(layers, retired);
                }
            }
        }
    }

    /**
     * Takes out of the way what a crash left behind. To be called under the catalogue's lock, so that no layer is between
     * its place and its record, or between being made and being locked; what living processes are making is locked and
     * stays.
     *
     * @return what {@link #delete} is to delete
     */
    List<EntryName> retireLeftovers(Catalogue catalogue) throws VarveException {
        List<EntryName> retired = new ArrayList<>();
        try (Directory layers = layers()) {
            for (EntryName name : layers.list()) {
                String text = name.toString();
                if (text.endsWith(GONE)) {
                    retired.add(name);
                } else if (text.endsWith(NEW)) {
                    retireNew(layers, name).ifPresent(retired::add);
                } else {
                    numberOf(text).filter(n -> !has(catalogue, n)).ifPresent(n -> retired.add(retire(n)));
                }
            }
        }
        return retired;
    }

    private Optional<EntryName> retireNew(Directory layers, EntryName name) {
        String text = name.toString();
        try {
            Optional<Directory> left = layers.openLocked(name, LockMode.EXCLUSIVE);
            left.ifPresent(Directory::close); // no other maker comes: names are not used twice
            return left.map(_ -> moved(name, text.substring(0, text.length() - NEW.length()) + GONE));
        } catch (VarveException e) {
            return Optional.of(name); // deleting it fails as well, and says why
        }
    }

    private static boolean has(Catalogue catalogue, LayerNumber number) {
        try {
            return catalogue.find(number).isPresent();
        } catch (VarveException e) {
            return true; // what cannot be read is kept
        }
    }

    private static Optional<LayerNumber> numberOf(String name) {
        return !name.startsWith("0") && name.length() < 19 && name.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.of(new LayerNumber(Long.parseLong(name)))
                : Optional.empty();
    }

    /** Spool files whose process is gone. */
    List<EntryName> spoolLeftovers() throws VarveException {
        try (Directory spool = spool()) {
            return spool.list().stream().filter(name -> !ownerLives(name.toString())).toList();
        }
    }

    /** Spool files are named {@code spool-PID-…}. */
    private static boolean ownerLives(String name) {
        String[] parts = name.split("-", 3);
        try {
            return parts.length == 3 && ProcessHandle.of(Long.parseLong(parts[1])).isPresent();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /**
     * Keeps the layer's files from being removed while they are read.
     *
     * @return empty if it is being removed
     */
    Optional<Directory> hold(LayerNumber number) throws VarveException {
        Optional<Directory> held = locked(number, LockMode.SHARED);
        for (int tries = 1; held.isEmpty() && tries < HOLD_TRIES && has(number) && pause(); tries++) {
            held = locked(number, LockMode.SHARED); // somebody only looked whether it is read
        }
        return held;
    }

    private static boolean pause() {
        try {
            Thread.sleep(HOLD_PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether the layer's directory is there, as it is unless the store is damaged. */
    boolean has(LayerNumber number) throws VarveException {
        try (Directory layers = layers()) {
            return layers.find(EntryName.of(number.toString())).isPresent();
        }
    }

    /** Whether somebody keeps the layer's files from being removed. */
    boolean isRead(LayerNumber number) throws VarveException {
        Optional<Directory> claim = claim(number);
        claim.ifPresent(Directory::close);
        return claim.isEmpty();
    }

    /** Makes sure that nobody reads the layer's files. @return empty if somebody does */
    Optional<Directory> claim(LayerNumber number) throws VarveException {
        return locked(number, LockMode.EXCLUSIVE);
    }

    private Optional<Directory> locked(LayerNumber number, LockMode mode) throws VarveException {
        try (Directory layers = layers()) {
            return layers.openLocked(EntryName.of(number.toString()), mode);
        }
    }
}
