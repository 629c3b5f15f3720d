package dev.varve.app;

import java.nio.file.Path;
import java.util.Map;

/**
 * A store as it stands.
 *
 * @param driverReason     why this driver was chosen
 * @param driverStatus     what the driver found out, names and values in order
 * @param fileSystem       the type of the file system that holds the store
 * @param bytesAvailable   on it, to this user
 * @param layers           in number
 * @param images           in number
 * @param leases           in number
 * @param mounts           of layers, live
 */
public record StoreStatus(Path store, String driver, String driverReason, Map<String, String> driverStatus,
        String fileSystem, long bytesAvailable, int layers, int images, int leases, int mounts) {}
