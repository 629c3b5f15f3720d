package dev.varve.app.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

import dev.varve.app.service.HostFailure;
import dev.varve.app.service.Store;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.store.CatalogueProvider;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.SyscallProvider;
import dev.varve.ports.syscall.Syscalls;

/** Binds the adapters that are on the module path. The only place that looks for services. */
public final class Wiring {
    private static final String DRIVER_VARIABLE = "VARVE_DRIVER";
    private static final List<String> ORDER = List.of("overlay", "vfs");
    private static final String LAYERS = "layers";

    private Wiring() {}

    /** A driver that was found, and what it says. */
    public record Found(String name, Support support, boolean selected) {}

    /** Opens a store with the driver that is named, or chosen. */
    public static Store open(Path root, Optional<String> driver, Map<String, String> options) throws VarveException {
        Syscalls syscalls = one(SyscallProvider.class, "system calls").open();
        Path store = directory(root);
        Map<String, LayerDriverProvider> drivers = providers();
        refuseForeignOptions(options, drivers);
        Choice choice = choose(store, syscalls, drivers, driver, options);
        Path home = home(store, choice.provider().name(), syscalls);
        LayerDriver opened = choice.provider().open(context(choice.provider(), home, syscalls, options));
        Catalogue catalogue = one(CatalogueProvider.class, "catalogues").open(home, syscalls, opened.name());
        try {
            return Store.open(store, home, syscalls, catalogue, opened, one(Archives.class, "archives"),
                    choice.reason());
        } catch (VarveException e) {
            catalogue.close();
            throw e;
        }
    }

    /** All drivers, in the order in which they would be tried. */
    public static List<Found> drivers(Path root, Optional<String> driver, Map<String, String> options)
            throws VarveException {
        Syscalls syscalls = one(SyscallProvider.class, "system calls").open();
        Path store = directory(root);
        Map<String, LayerDriverProvider> drivers = providers();
        Optional<String> selected;
        try {
            selected = Optional.of(choose(store, syscalls, drivers, driver, options).provider().name());
        } catch (UnsupportedException | WrongStateException e) {
            selected = Optional.empty();
        }
        List<Found> found = new ArrayList<>();
        for (LayerDriverProvider provider : inOrder(drivers)) {
            found.add(new Found(provider.name(), probe(provider, store, syscalls, options),
                    selected.equals(Optional.of(provider.name()))));
        }
        return found;
    }

    private record Choice(LayerDriverProvider provider, String reason) {}

    private static Choice choose(Path store, Syscalls syscalls, Map<String, LayerDriverProvider> drivers,
            Optional<String> explicit, Map<String, String> options) throws VarveException {
        String variable = System.getenv().getOrDefault(DRIVER_VARIABLE, "");
        if (explicit.isPresent() || !variable.isEmpty()) {
            String name = explicit.orElse(variable);
            LayerDriverProvider provider = drivers.get(name);
            if (provider == null) {
                throw new NoSuchDriverException(
                        "no such driver: " + dev.varve.domain.path.Names
                                .printable(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        "the drivers are " + String.join(", ", drivers.keySet()));
            }
            if (!hasState(store, name, syscalls)) {
                refuseUnfit(name, probe(provider, store, syscalls, options));
            }
            return new Choice(provider, explicit.isPresent() ? "named by the caller" : "named by " + DRIVER_VARIABLE);
        }
        List<LayerDriverProvider> prior = new ArrayList<>();
        for (LayerDriverProvider provider : inOrder(drivers)) {
            if (hasState(store, provider.name(), syscalls)) {
                prior.add(provider);
            }
        }
        if (prior.size() > 1) {
            throw new WrongStateException(
                    "the store " + store + " holds layers of several drivers: "
                            + String.join(", ", prior.stream().map(LayerDriverProvider::name).toList()),
                    "name the one to use: --driver, or " + DRIVER_VARIABLE);
        }
        if (prior.size() == 1) {
            return new Choice(prior.getFirst(), "the store holds its layers already");
        }
        StringBuilder refusals = new StringBuilder();
        for (LayerDriverProvider provider : inOrder(drivers)) {
            Support support = probe(provider, store, syscalls, options);
            if (support instanceof Support.Yes) {
                return new Choice(provider, "the first of the default order that works here");
            }
            refusals.append(refusals.isEmpty() ? "" : "; ")
                    .append(provider.name())
                    .append(": ")
                    .append(reason(support));
        }
        throw new UnsupportedException(
                "no driver works in " + store + ": " + (refusals.isEmpty() ? "none is on the module path" : refusals),
                "choose another store with --store");
    }

    private static void refuseUnfit(String name, Support support) throws UnsupportedException {
        if (!(support instanceof Support.Yes)) {
            throw new UnsupportedException("the " + name + " driver does not work here: " + reason(support),
                    "`varve driver ls` shows which drivers do");
        }
    }

    /** Why a driver cannot be used, or how it works. */
    private static String reason(Support support) {
        return switch (support) {
            case Support.Yes yes -> yes.note();
            case Support.NotSupported no -> "not supported: " + no.reason();
            case Support.PrerequisitesNotMet no -> "prerequisites are not met: " + no.reason();
            case Support.IncompatibleBackingFileSystem no -> "incompatible file system: " + no.reason();
        };
    }

    /** Whether the store holds layers of the driver: an empty home, such as a listing makes, binds nobody. */
    private static boolean hasState(Path store, String driver, Syscalls syscalls) throws VarveException {
        try (Directory layers = syscalls.directory(store.resolve(driver).resolve(LAYERS))) {
            return !layers.list().isEmpty();
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** Probes in a directory of the store's that is not the driver's home yet, so that a no leaves no trace there. */
    private static Support probe(LayerDriverProvider provider, Path store, Syscalls syscalls,
            Map<String, String> options) throws VarveException {
        return provider.probe(context(provider, store, syscalls, options));
    }

    private static DriverContext context(LayerDriverProvider provider, Path home, Syscalls syscalls,
            Map<String, String> options) {
        Map<String, String> own = new TreeMap<>();
        String prefix = provider.name() + ".";
        options.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                own.put(key.substring(prefix.length()), value);
            }
        });
        return new DriverContext(home, syscalls, own);
    }

    private static void refuseForeignOptions(Map<String, String> options, Map<String, LayerDriverProvider> drivers)
            throws UnsupportedException {
        for (String key : options.keySet()) {
            int dot = key.indexOf('.');
            if (dot < 1 || !drivers.containsKey(key.substring(0, dot))) {
                throw new UnsupportedException("no driver has the option " + key,
                        "options are DRIVER.KEY=VALUE, and the drivers are " + String.join(", ", drivers.keySet()));
            }
        }
    }

    private static Path home(Path store, String driver, Syscalls syscalls) throws VarveException {
        EntryName name = EntryName.of(driver);
        try (Directory directory = syscalls.directory(store)) {
            if (directory.find(name).isEmpty()) {
                directory.makeDirectory(name, 0700);
                directory.sync();
            }
        } catch (SyscallFailedException e) {
            if (!e.errno().equals(Errno.EEXIST)) { // another process was faster
                throw e;
            }
        }
        return store.resolve(driver);
    }

    /** The directory by its real path, made for this user alone if it is missing. */
    private static Path directory(Path path) throws VarveException {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return path.toRealPath();
        } catch (IOException e) {
            throw HostFailure.of("mkdir(\"" + path + "\")", e);
        }
    }

    private static List<LayerDriverProvider> inOrder(Map<String, LayerDriverProvider> drivers) {
        List<LayerDriverProvider> ordered = new ArrayList<>();
        ORDER.forEach(name -> Optional.ofNullable(drivers.get(name)).ifPresent(ordered::add));
        drivers.forEach((name, provider) -> {
            if (!ORDER.contains(name)) {
                ordered.add(provider);
            }
        });
        return ordered;
    }

    private static Map<String, LayerDriverProvider> providers() throws UnsupportedException {
        Map<String, LayerDriverProvider> byName = new TreeMap<>();
        for (LayerDriverProvider provider : ServiceLoader.load(LayerDriverProvider.class)) {
            LayerDriverProvider other = byName.put(provider.name(), provider);
            if (other != null) {
                throw new UnsupportedException("two drivers have the name " + provider.name() + ": "
                        + other.getClass().getName() + " and " + provider.getClass().getName(),
                        "take one of their modules off the module path");
            }
        }
        return byName;
    }

    private static <T> T one(Class<T> type, String what) throws UnsupportedException {
        return ServiceLoader.load(type)
                .findFirst()
                .orElseThrow(() -> new UnsupportedException("no module on the module path provides " + what,
                        "put Varve's adapters on the module path"));
    }
}
