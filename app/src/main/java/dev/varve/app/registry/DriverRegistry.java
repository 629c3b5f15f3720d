package dev.varve.app.registry;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.path.Names;
import dev.varve.ports.driver.LayerDriverProvider;

/** The drivers that were found, each by its name. Immutable. */
public final class DriverRegistry {
    private final SortedMap<String, LayerDriverProvider> byName;

    private DriverRegistry(SortedMap<String, LayerDriverProvider> byName) {
        this.byName = byName;
    }

    /**
     * Those of these providers.
     *
     * @throws DriverSetupException if two have one name, or one has a name that no driver may have: it is a directory of
     *                              the store, and the prefix of the driver's options
     */
    public static DriverRegistry of(Iterable<? extends LayerDriverProvider> providers) throws DriverSetupException {
        SortedMap<String, LayerDriverProvider> byName = new TreeMap<>();
        for (LayerDriverProvider provider : providers) {
            String name = provider.name();
            if (!name.matches("[a-z0-9][a-z0-9-]{0,63}")) {
                throw new DriverSetupException(
                        "a driver cannot have the name \"" + Names.printable(bytes(name)) + "\": " + origin(provider),
                        "a name is up to 64 lower-case letters, digits and dashes");
            }
            LayerDriverProvider other = byName.put(name, provider);
            if (other != null) {
                throw new DriverSetupException(
                        "two drivers have the name " + name + ": " + origin(other) + " and " + origin(provider),
                        "take one of them off the module path");
            }
        }
        return new DriverRegistry(byName);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Where the class is from, so that a user finds its jar. */
    private static String origin(LayerDriverProvider provider) {
        Class<?> type = provider.getClass();
        CodeSource source = type.getProtectionDomain().getCodeSource();
        String place = source == null || source.getLocation() == null ? "" : ", " + source.getLocation().getPath();
        Module module = type.getModule();
        return type.getName() + " (" + (module.isNamed() ? "module " + module.getName() : "class path") + place + ")";
    }

    /** All names, sorted. */
    public Set<String> names() {
        return byName.keySet();
    }

    public boolean contains(String name) {
        return byName.containsKey(name);
    }

    /** @throws NoSuchDriverException if there is none of this name; it lists those that there are */
    public LayerDriverProvider require(String name) throws NoSuchDriverException {
        @Nullable
        LayerDriverProvider provider = byName.get(name);
        if (provider == null) {
            throw new NoSuchDriverException("no such driver: " + Names.printable(bytes(name)), known());
        }
        return provider;
    }

    Optional<LayerDriverProvider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** For hints. */
    String known() {
        return byName.isEmpty() ? "no driver is on the module path" : "the drivers are " + String.join(", ", names());
    }

    /** All drivers: those that the order names as it has them, then the others by name. */
    public List<LayerDriverProvider> inOrder(List<String> order) {
        Map<String, LayerDriverProvider> ordered = new LinkedHashMap<>();
        order.forEach(name -> find(name).ifPresent(p -> ordered.put(name, p)));
        byName.forEach(ordered::putIfAbsent);
        return new ArrayList<>(ordered.values());
    }
}
