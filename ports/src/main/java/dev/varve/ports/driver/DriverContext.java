package dev.varve.ports.driver;

import java.nio.file.Path;
import java.util.Map;

import dev.varve.ports.syscall.Syscalls;

/**
 * What a driver is opened with.
 *
 * @param home     the directory of this driver in the store, which exists
 * @param syscalls its only way to the disk
 * @param options  the options that begin with the driver's name and a dot, without that prefix
 */
public record DriverContext(Path home, Syscalls syscalls, Map<String, String> options) {
    public DriverContext {
        options = Map.copyOf(options);
    }
}
