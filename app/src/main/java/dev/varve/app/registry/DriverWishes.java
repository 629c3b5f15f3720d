package dev.varve.app.registry;

import java.util.List;
import java.util.Optional;

import dev.varve.app.DriverReason;

/**
 * What was said about which driver to use. An empty name says nothing.
 *
 * @param named         by the caller
 * @param byEnvironment by {@code VARVE_DRIVER}
 * @param byDefault     by the configuration, for where neither says anything
 * @param order         of trying, for new stores
 */
public record DriverWishes(Optional<String> named, Optional<String> byEnvironment, Optional<String> byDefault,
        List<String> order) {
    public DriverWishes {
        named = named.filter(n -> !n.isEmpty());
        byEnvironment = byEnvironment.filter(n -> !n.isEmpty());
        byDefault = byDefault.filter(n -> !n.isEmpty());
        order = List.copyOf(order);
    }

    /** The name that counts. */
    public Optional<String> name() {
        return named.or(() -> byEnvironment).or(() -> byDefault);
    }

    /** Why it counts; only for a name. */
    DriverReason reason() {
        return named.isPresent() ? DriverReason.NAMED
                : byEnvironment.isPresent() ? DriverReason.ENVIRONMENT : DriverReason.DEFAULT;
    }
}
