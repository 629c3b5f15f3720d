package dev.varve.app.wiring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

import dev.varve.app.DriverReport;
import dev.varve.app.VarveConfig;
import dev.varve.app.registry.DriverChoice;
import dev.varve.app.registry.DriverOptions;
import dev.varve.app.registry.DriverOrder;
import dev.varve.app.registry.DriverRegistry;
import dev.varve.app.registry.DriverWishes;
import dev.varve.app.registry.StoreSite;
import dev.varve.app.service.HostFailure;
import dev.varve.app.service.PrivateMounts;
import dev.varve.app.service.Store;
import dev.varve.domain.error.DriverSetupException;
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
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.store.CatalogueProvider;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.SyscallProvider;
import dev.varve.ports.syscall.Syscalls;

/** Binds the adapters that are on the module path. The only place that looks for services. */
public final class Wiring {
    private static final String DRIVER_VARIABLE = "VARVE_DRIVER";

    private Wiring() {}

    /** Opens a store with the driver that is named, or chosen; makes it if it is not there. */
    public static Store open(VarveConfig config) throws VarveException {
        Syscalls syscalls = one(SyscallProvider.class, "system calls").open();
        DriverRegistry registry = registry();
        DriverOptions options = DriverOptions.of(config.options(), registry);
        Path store = directory(config.store());
        Optional<PrivateMounts> mounts = config.privateMounts() ? Optional.of(PrivateMounts.enter(store, syscalls))
                : Optional.empty();
        try {
            return open(store, syscalls, choose(config, store, syscalls, registry, options), options, mounts);
        } catch (VarveException e) {
            if (mounts.isPresent()) {
                closeAfter(mounts.get(), e);
            }
            throw e;
        }
    }

    private static DriverChoice choose(VarveConfig config, Path store, Syscalls syscalls, DriverRegistry registry,
            DriverOptions options) throws VarveException {
        try (StoreSite site = new StoreSite(store, store, syscalls, registry, options)) {
            return DriverChoice.of(registry, wishes(config), site);
        }
    }

    private static void closeAfter(PrivateMounts mounts, VarveException failure) {
        try {
            mounts.close();
        } catch (VarveException e) {
            failure.addSuppressed(e);
        }
    }

    private static Store open(Path store, Syscalls syscalls, DriverChoice choice, DriverOptions options,
            Optional<PrivateMounts> mounts) throws VarveException {
        String name = choice.provider().name();
        options.requireOnly(name);
        Path home = home(store, name, syscalls);
        LayerDriver driver = choice.provider().open(new DriverContext(home, syscalls, options.of(name)));
        Catalogue catalogue = one(CatalogueProvider.class, "catalogues").open(home, syscalls, name);
        try {
            return Store.open(store, home, syscalls, catalogue, driver, one(Archives.class, "archives"),
                    choice.reason(), mounts);
        } catch (VarveException e) {
            catalogue.close();
            throw e;
        }
    }

    /** All drivers, in the order in which they would be tried. Makes no store. */
    public static List<DriverReport> drivers(VarveConfig config) throws VarveException {
        Syscalls syscalls = one(SyscallProvider.class, "system calls").open();
        DriverRegistry registry = registry();
        DriverOptions options = DriverOptions.of(config.options(), registry);
        Path nearest = nearest(config.store());
        Path store = Files.isDirectory(config.store()) ? nearest : config.store();
        try (StoreSite site = new StoreSite(store, nearest, syscalls, registry, options)) {
            return drivers(registry, wishes(config), site);
        }
    }

    private static List<DriverReport> drivers(DriverRegistry registry, DriverWishes wishes, StoreSite site)
            throws VarveException {
        Optional<String> selected = selected(registry, wishes, site);
        List<DriverReport> reports = new ArrayList<>();
        for (LayerDriverProvider provider : registry.inOrder(wishes.order())) {
            String name = provider.name();
            reports.add(new DriverReport(name, site.probe(provider), selected.equals(Optional.of(name))));
        }
        return reports;
    }

    /** The name of the driver that would be used, if one would. */
    private static Optional<String> selected(DriverRegistry registry, DriverWishes wishes, StoreSite site)
            throws VarveException {
        if (wishes.name().isPresent()) {
            registry.require(wishes.name().get());
        }
        try {
            return Optional.of(DriverChoice.of(registry, wishes, site).provider().name());
        } catch (UnsupportedException | WrongStateException | NoSuchDriverException e) {
            return Optional.empty(); // the list is to tell why
        }
    }

    private static DriverWishes wishes(VarveConfig config) {
        return new DriverWishes(config.driver(), Optional.ofNullable(System.getenv(DRIVER_VARIABLE)),
                config.defaultDriver(), config.driverOrder().orElseGet(DriverOrder::standard));
    }

    private static DriverRegistry registry() throws DriverSetupException {
        try {
            return DriverRegistry.of(services(LayerDriverProvider.class));
        } catch (ServiceConfigurationError e) {
            throw new DriverSetupException("a driver cannot be loaded: " + e.getMessage(),
                    "repair its module, or take it off the module path", e);
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
            throw HostFailure.of("cannot make the store \"" + path + "\"", e);
        }
    }

    /** The directory by its real path; while it is missing, the one that it would be made in, which must be writable. */
    private static Path nearest(Path path) throws VarveException {
        try {
            for (Path at = path; at != null; at = at.getParent()) {
                if (Files.isDirectory(at)) {
                    if (!at.equals(path) && !Files.isWritable(at)) {
                        throw new AccessDeniedException(at.toString());
                    }
                    return at.toRealPath();
                }
                if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                    throw new FileAlreadyExistsException(at.toString());
                }
            }
            throw new NoSuchFileException(path.toString());
        } catch (IOException e) {
            throw HostFailure.of("cannot make the store \"" + path + "\"", e);
        }
    }

    private static <T> T one(Class<T> type, String what) throws UnsupportedException {
        return services(type).findFirst()
                .orElseThrow(() -> new UnsupportedException("no module on the module path provides " + what,
                        "put Varve's adapters on the module path"));
    }

    /**
     * Those in the modules that this JVM began with, where nothing else can have some: looking through an empty class path
     * opens every jar of the module path.
     */
    private static <T> ServiceLoader<T> services(Class<T> type) {
        ModuleLayer boot = ModuleLayer.boot();
        boolean modulesOnly = System.getProperty("java.class.path", "").isEmpty()
                && Wiring.class.getModule().getLayer() == boot
                && ClassLoader.getSystemClassLoader().equals(Thread.currentThread().getContextClassLoader());
        return modulesOnly ? ServiceLoader.load(boot, type) : ServiceLoader.load(type);
    }
}
