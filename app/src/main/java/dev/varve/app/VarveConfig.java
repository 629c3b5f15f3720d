package dev.varve.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Where a store is and how it is to be used. Immutable; each {@code with} method gives a changed copy.
 */
public final class VarveConfig {
    private final Path store;
    private final @Nullable String driver;
    private final @Nullable String defaultDriver;
    private final @Nullable List<String> driverOrder;
    private final Map<String, String> options;
    private final boolean privateMounts;

    private VarveConfig(Path store, @Nullable String driver, @Nullable String defaultDriver,
            @Nullable List<String> driverOrder, Map<String, String> options, boolean privateMounts) {
        this.store = store.toAbsolutePath().normalize();
        this.driver = driver;
        this.defaultDriver = defaultDriver;
        this.driverOrder = driverOrder;
        this.options = Map.copyOf(options);
        this.privateMounts = privateMounts;
    }

    /** A store in this directory, which is made when it is not there; the driver is chosen as {@link Varve} says. */
    public static VarveConfig of(Path store) {
        return new VarveConfig(store, null, null, null, Map.of(), false);
    }

    /**
     * The store of this user: {@code /var/lib/varve} for root, {@code $XDG_DATA_HOME/varve} for others.
     *
     * @throws IllegalStateException if the environment tells of no directory of this user's
     */
    public static VarveConfig ofUser() {
        return of(DefaultStore.ofUser());
    }

    /** The same for a store elsewhere. */
    public VarveConfig withStore(Path directory) {
        return new VarveConfig(directory, driver, defaultDriver, driverOrder, options, privateMounts);
    }

    /** The same with this driver and no other: if it does not work here, opening fails. */
    public VarveConfig withDriver(String name) {
        return new VarveConfig(store, name, defaultDriver, driverOrder, options, privateMounts);
    }

    /**
     * The same with this driver where neither {@link #withDriver} nor {@code VARVE_DRIVER} names one: if it does not work
     * here, opening fails.
     */
    public VarveConfig withDefaultDriver(String name) {
        return new VarveConfig(store, driver, name, driverOrder, options, privateMounts);
    }

    /**
     * The same with another order of trying, for a new store whose driver nobody names: the first of these that works,
     * else the first of the others by name. A name whose driver is not there is passed over.
     */
    public VarveConfig withDriverOrder(String... names) {
        return new VarveConfig(store, driver, defaultDriver, List.of(names), options, privateMounts);
    }

    /** The same with one more option, {@code DRIVER.KEY}; an unknown one is refused at opening. */
    public VarveConfig withOption(String key, String value) {
        Map<String, String> more = new TreeMap<>(options);
        more.put(key, value);
        return new VarveConfig(store, driver, defaultDriver, driverOrder, more, privateMounts);
    }

    /**
     * The same with the store's mounts kept to this mount namespace: until it is closed the store's directory is a private
     * mount of itself. Without it they are seen wherever the mount that the store is on propagates to, as an engine needs
     * that mounts for others. What is mounted beneath at the end keeps the private mount until a later use of the store
     * with this option ends without it. For one who may not mount it changes nothing.
     */
    public VarveConfig withPrivateMounts() {
        return new VarveConfig(store, driver, defaultDriver, driverOrder, options, true);
    }

    /** The directory of the store, absolute. */
    public Path store() {
        return store;
    }

    public Optional<String> driver() {
        return Optional.ofNullable(driver);
    }

    public Optional<String> defaultDriver() {
        return Optional.ofNullable(defaultDriver);
    }

    /** The order of trying, if it is not the usual one: {@code overlay}, {@code vfs}, then the others by name. */
    public Optional<List<String>> driverOrder() {
        return Optional.ofNullable(driverOrder);
    }

    public Map<String, String> options() {
        return options;
    }

    public boolean privateMounts() {
        return privateMounts;
    }
}
