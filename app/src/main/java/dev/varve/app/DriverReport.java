package dev.varve.app;

import dev.varve.ports.driver.Support;

/**
 * What a driver says of this host and store.
 *
 * @param selected whether a store opened with the same configuration would use it
 */
public record DriverReport(String name, Support support, boolean selected) {}
