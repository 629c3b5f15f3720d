package dev.varve.app.registry;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Syscalls;

/** A store on a disk, or the place of one that is not there yet. For one thread; closing it removes what probing took. */
public final class StoreSite implements DriverSite, AutoCloseable {
    private static final EntryName LAYERS = EntryName.of("layers");
    private static final EntryName CATALOGUE = EntryName.of("catalogue");
    private final Path store;
    private final Path nearest;
    private final Syscalls syscalls;
    private final DriverRegistry registry;
    private final DriverOptions options;
    private final Map<String, Support> answers = new HashMap<>();
    private @Nullable ProbePlace place;

    /**
     * @param store   the directory, which may be missing
     * @param nearest it, or while it is missing the directory that it would be made in: there a directory to probe in is
     *                made when the first driver is asked
     */
    public StoreSite(Path store, Path nearest, Syscalls syscalls, DriverRegistry registry, DriverOptions options) {
        this.store = store;
        this.nearest = nearest;
        this.syscalls = syscalls;
        this.registry = registry;
        this.options = options;
    }

    @Override
    public String name() {
        return store.toString();
    }

    @Override
    public Support probe(LayerDriverProvider provider) throws VarveException {
        Support known = answers.get(provider.name());
        if (known == null) {
            known = provider.probe(new DriverContext(place().path(), syscalls, options.of(provider.name())));
            answers.put(provider.name(), known);
        }
        return known;
    }

    private ProbePlace place() throws VarveException {
        ProbePlace made = place;
        if (made == null) {
            made = ProbePlace.beneath(nearest, syscalls);
            place = made;
        }
        return made;
    }

    @Override
    public void close() throws VarveException {
        if (place != null) {
            place.close();
            place = null;
        }
    }

    /** Drivers that are not there count too, if what is in the store looks as if Varve made it. */
    @Override
    public Set<String> priorDrivers() throws VarveException {
        Set<String> prior = new TreeSet<>();
        Optional<Directory> opened = unlessMissing(() -> syscalls.directory(store));
        if (opened.isEmpty()) {
            return prior;
        }
        try (Directory root = opened.get()) {
            for (EntryName name : root.list()) {
                if (holdsLayers(root, name)) {
                    prior.add(name.toString());
                }
            }
        }
        return prior;
    }

    private boolean holdsLayers(Directory root, EntryName name) throws VarveException {
        boolean known = registry.contains(name.toString());
        try {
            if (root.find(name).filter(f -> f.type() == FileType.DIRECTORY).isEmpty()) {
                return false;
            }
            try (Directory home = root.open(name)) {
                if (home.find(LAYERS).isEmpty() || !known && home.find(CATALOGUE).isEmpty()) {
                    return false;
                }
                try (Directory layers = home.open(LAYERS)) {
                    return !layers.list().isEmpty();
                }
            }
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT) || !known && e.errno().isPermission()) {
                return false;
            }
            throw e;
        }
    }

    private interface Opening {
        Directory open() throws VarveException;
    }

    private static Optional<Directory> unlessMissing(Opening opening) throws VarveException {
        try {
            return Optional.of(opening.open());
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
