package dev.varve.app;

import java.nio.file.Path;
import java.util.List;

import dev.varve.ports.driver.Finding;

/**
 * A store as it stands.
 *
 * @param driverReason     why this driver was chosen
 * @param driverFindings   what the driver found out, in order
 * @param fileSystem       the type of the file system that holds the store
 * @param bytesAvailable   on it, to this user
 * @param layers           in number
 * @param images           in number
 * @param leases           in number
 * @param mounts           of layers, live
 */
public record StoreStatus(Path store, String driver, String driverReason, List<Finding> driverFindings,
        String fileSystem, long bytesAvailable, int layers, int images, int leases, int mounts) {}
