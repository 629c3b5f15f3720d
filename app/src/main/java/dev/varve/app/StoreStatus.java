package dev.varve.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.driver.Finding;

/**
 * A store as it stands. What others do to it meanwhile may be in one part and not yet in another.
 *
 * @param reason         why this driver was chosen
 * @param driverFindings what the driver found out, in order
 * @param kernel         the release, as uname(2) gives it
 * @param fileSystem     the type of the file system that holds the store, by name
 * @param bytesTotal     on it
 * @param bytesAvailable on it, to this user
 * @param layers         all of them with what each takes, by number
 * @param images         how many
 * @param leases         the live ones, by layer, oldest first
 * @param mounts         of layers' root file systems, live, in the kernel's order
 * @param leftovers      what a crash left and could not be deleted when the store was opened; the next opening tries again
 * @param privateMounts  whether those are kept to this mount namespace: the store's directory is a private mount
 */
public record StoreStatus(Path store, String driver, DriverReason reason, List<Finding> driverFindings, String kernel,
        String fileSystem, long bytesTotal, long bytesAvailable, List<LayerUse> layers, int images,
        List<LayerLease> leases, List<LayerMount> mounts, List<Leftover> leftovers, boolean privateMounts) {
    public StoreStatus {
        driverFindings = List.copyOf(driverFindings);
        layers = List.copyOf(layers);
        leases = List.copyOf(leases);
        mounts = List.copyOf(mounts);
        leftovers = List.copyOf(leftovers);
    }

    /** @param usage absent if the layer changed while it was being measured */
    public record LayerUse(LayerId id, LayerKind kind, Optional<Usage> usage) {}

    /**
     * @param path where the layer's root file system is for its holders
     * @param pid  the process that holds it; absent for a hold that outlives processes
     */
    public record LayerLease(LayerId layer, Path path, Access access, Optional<Long> pid, Instant since) {}

    /** @param type of the file system that is mounted */
    public record LayerMount(LayerId layer, Path path, String type, boolean readOnly) {}

    /** @param why it could not be deleted */
    public record Leftover(Path path, String why) {}

    /** Why this driver was chosen, for people. */
    public String driverReason() {
        return reason.text();
    }

    /** How many layers are of this kind. */
    public int count(LayerKind kind) {
        return Math.toIntExact(layers.stream().filter(l -> l.kind() == kind).count());
    }

    /** What all layers that could be measured take together. What full copies share by reflink is counted in each. */
    public Usage total() {
        long size = 0;
        long allocated = 0;
        long inodes = 0;
        for (LayerUse layer : layers) {
            Usage usage = layer.usage().orElse(Usage.NONE);
            size += usage.size();
            allocated += usage.allocated();
            inodes += usage.inodes();
        }
        return new Usage(size, allocated, inodes);
    }
}
