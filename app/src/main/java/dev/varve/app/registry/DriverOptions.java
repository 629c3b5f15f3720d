package dev.varve.app.registry;

import java.util.Map;
import java.util.TreeMap;

import dev.varve.domain.error.InvalidOptionException;

/** The options of all drivers, {@code DRIVER.KEY} and value. */
public final class DriverOptions {
    private final Map<String, String> all;

    private DriverOptions(Map<String, String> all) {
        this.all = all;
    }

    /** @throws InvalidOptionException if one belongs to no driver; whether a driver knows its own, it says itself */
    public static DriverOptions of(Map<String, String> options, DriverRegistry registry) throws InvalidOptionException {
        for (String key : new TreeMap<>(options).keySet()) {
            int dot = key.indexOf('.');
            if (dot < 1 || !registry.contains(key.substring(0, dot))) {
                throw new InvalidOptionException("no driver has the option " + key,
                        "options are DRIVER.KEY=VALUE, and " + registry.known());
            }
        }
        return new DriverOptions(Map.copyOf(options));
    }

    /**
     * Refuses options that would be ignored.
     *
     * @throws InvalidOptionException if one is of another driver than the one that was chosen
     */
    public void requireOnly(String chosen) throws InvalidOptionException {
        for (String key : new TreeMap<>(all).keySet()) {
            String driver = key.substring(0, key.indexOf('.'));
            if (!driver.equals(chosen)) {
                throw new InvalidOptionException("the option " + key + " has no use: the driver is " + chosen,
                        "leave it out, or name the driver: --driver " + driver + "; `varve driver status " + driver
                                + "` tells whether it works here");
            }
        }
    }

    /** Those of one driver, without its name. */
    public Map<String, String> of(String driver) {
        Map<String, String> own = new TreeMap<>();
        String prefix = driver + ".";
        all.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                own.put(key.substring(prefix.length()), value);
            }
        });
        return own;
    }
}
