package dev.varve.ports.driver;

/**
 * Something that a driver found out about the host and the store.
 *
 * @param name  lower-case letters, digits and underscores; stays the same from version to version
 * @param value what is the case; {@code yes} or {@code no} for what is there or is not
 * @param how   how that was found, and why the answer is no where the kernel said so
 */
public record Finding(String name, String value, String how) {}
