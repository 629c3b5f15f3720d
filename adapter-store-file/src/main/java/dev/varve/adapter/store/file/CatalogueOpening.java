package dev.varve.adapter.store.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;

/**
 * Finds or makes a catalogue. A new one is complete once its version file is there, which is written last: without it,
 * what is there is a making that was cut short, or nothing of ours.
 */
final class CatalogueOpening {
    private static final Set<EntryName> OURS = Set.of(Layout.LAYERS, Layout.LEASES, Layout.IMAGES, Layout.CONFIGS,
            Layout.NEXT, Layout.CHANGES, Layout.STAGING, Layout.LOCK);
    private final Path path;
    private final Directory home;
    private final Syscalls syscalls;
    private final String driver;

    private CatalogueOpening(Path path, Directory home, Syscalls syscalls, String driver) {
        this.path = path;
        this.home = home;
        this.syscalls = syscalls;
        this.driver = driver;
    }

    /** As {@link dev.varve.ports.store.CatalogueProvider#open}, with the longest time to wait for the lock. */
    static Catalogue open(Path path, Syscalls syscalls, String driver, Duration patience) throws VarveException {
        try (Directory home = syscalls.directory(path)) {
            return new CatalogueOpening(path, home, syscalls, driver).open(patience);
        }
    }

    private Catalogue open(Duration patience) throws VarveException {
        boolean exists = prepare();
        CatalogueLock lock = new CatalogueLock(home.open(Layout.CATALOGUE), syscalls.host().pid(), patience);
        try {
            return lock.exclusively(() -> {
                finishMaking();
                return opened(lock, true);
            });
        } catch (SyscallFailedException e) {
            if (exists && isReadOnly(e)) {
                return openedWithoutLock(lock, e);
            }
            lock.close();
            throw e;
        } catch (VarveException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static boolean isReadOnly(SyscallFailedException e) {
        return e.errno().equals(Errno.EROFS) || e.errno().isPermission();
    }

    private Catalogue openedWithoutLock(CatalogueLock lock, SyscallFailedException failure) throws VarveException {
        try {
            return opened(lock, false);
        } catch (VarveException | RuntimeException | Error e) {
            lock.close();
            e.addSuppressed(failure);
            throw e;
        }
    }

    /** Makes what is needed to lock it. @return whether the catalogue is complete; if so nothing was changed */
    private boolean prepare() throws VarveException {
        Optional<FileStat> found = home.find(Layout.CATALOGUE);
        if (found.isPresent() && !found.get().isDirectory()) {
            throw notOurs("it is no directory");
        }
        if (found.isEmpty()) {
            makeDirectory(home, Layout.CATALOGUE);
        }
        try (Directory catalogue = home.open(Layout.CATALOGUE)) {
            if (isComplete(catalogue)) {
                return true;
            }
            // Where a lock is, another process may be making it, and have filled it since the look at its version.
            requireOurs(catalogue, catalogue.find(Layout.LOCK).isPresent());
            makeDirectory(catalogue, Layout.LOCK);
            return false;
        }
    }

    private boolean isComplete(Directory catalogue) throws VarveException {
        Optional<byte[]> version = RecordDirectory.lasting(Layout.label(), catalogue, catalogue).read(Layout.VERSION);
        if (version.isPresent()) {
            VersionFile.verify(version.get(), path.toString(), driver);
        }
        return version.isPresent();
    }

    private void requireOurs(Directory catalogue, boolean mayBeFilled) throws VarveException {
        for (EntryName name : catalogue.list()) {
            if (!OURS.contains(name) && !name.equals(Layout.VERSION)) {
                throw notOurs("it holds " + name);
            }
            if (Layout.RECORDS.contains(name) && !mayBeFilled) {
                try (Directory records = catalogue.open(name)) {
                    if (!records.list().isEmpty()) {
                        throw notOurs("there are records in " + name);
                    }
                }
            }
        }
    }

    private StoreVersionException notOurs(String why) {
        return new StoreVersionException(
                Layout.label() + " in " + path + " has no version file and is not an unfinished new one: " + why,
                "choose another directory for the store, or restore " + Layout.label(Layout.VERSION)
                        + " from a backup");
    }

    /** Completes a new catalogue, if no other process has meanwhile. The lock is held. */
    private void finishMaking() throws VarveException {
        try (Directory catalogue = home.open(Layout.CATALOGUE)) {
            if (isComplete(catalogue)) {
                return;
            }
            requireOurs(catalogue, false);
            makeDirectory(catalogue, Layout.STAGING);
            for (EntryName name : Layout.RECORDS) {
                makeDirectory(catalogue, name);
            }
            try (Directory staging = catalogue.open(Layout.STAGING)) {
                RecordDirectory.clear(staging);
                RecordDirectory top = RecordDirectory.lasting(Layout.label(), catalogue, staging);
                top.put(Layout.NEXT, RecordCodec.encode(1));
                top.put(Layout.CHANGES, ChangeLog.fresh());
                home.sync();
                top.put(Layout.VERSION, VersionFile.of(driver));
            }
        }
    }

    private Catalogue opened(CatalogueLock lock, boolean locked) throws VarveException {
        Folders folders = Folders.open(home);
        try {
            if (locked) {
                ignoringReadOnly(() -> RecordDirectory.clear(folders.staging()));
                if (folders.top().read(Layout.CHANGES).isEmpty()) {
                    folders.top().put(Layout.CHANGES, ChangeLog.fresh());
                }
            }
            NumberSource.value(folders.top());
            RecordCache cache = RecordCache.open(home);
            try {
                load(cache, folders, locked);
            } catch (VarveException | RuntimeException | Error e) {
                cache.close();
                throw e;
            }
            return new FileCatalogue(lock, locked, folders, cache);
        } catch (VarveException | RuntimeException | Error e) {
            folders.close();
            throw e;
        }
    }

    private static void load(RecordCache cache, Folders folders, boolean locked) throws VarveException {
        if (!locked) {
            cache.queryUnlocked(Index::layers);
            return;
        }
        new ChangeWriter(folders, cache).settle();
        Set<EntryName> layers = Set
                .copyOf(cache.queryLocked(Index::layers).stream().map(layer -> Folders.name(layer.number())).toList());
        Set<EntryName> images = Set
                .copyOf(cache.queryLocked(Index::images).stream().map(image -> Folders.name(image.config())).toList());
        ignoringReadOnly(() -> {
            removeOrphans(folders.leases(), name -> Folders.number(name).isPresent() && !layers.contains(name));
            removeOrphans(folders.configs(), name -> Folders.digest(name).isPresent() && !images.contains(name));
        });
    }

    /** What belongs to a record that is not there: the rest of a change that a crash cut short. */
    private static void removeOrphans(RecordDirectory directory, Predicate<EntryName> orphan) throws VarveException {
        for (EntryName name : List.copyOf(directory.names())) {
            if (orphan.test(name)) {
                directory.remove(name);
            }
        }
    }

    /** Where nothing can be written, what is left over does no harm either. */
    private static void ignoringReadOnly(ChangeWriter.Step clearing) throws VarveException {
        try {
            clearing.run();
        } catch (SyscallFailedException e) {
            if (!isReadOnly(e)) {
                throw e;
            }
        }
    }

    private static void makeDirectory(Directory parent, EntryName name) throws VarveException {
        try {
            parent.makeDirectory(name, Layout.DIRECTORY_MODE);
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) {
                throw e;
            }
        }
    }
}
