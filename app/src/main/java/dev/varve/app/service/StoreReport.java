package dev.varve.app.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.app.DriverReason;
import dev.varve.app.StoreStatus;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.mount.FileSystemType;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.FileSystemFacts;

/** Puts together what is to be known of a store. Changes nothing. */
final class StoreReport {
    private final Core core;
    private final LayerStore layers;
    private final List<StoreStatus.Leftover> leftovers;

    StoreReport(Core core, LayerStore layers, List<StoreStatus.Leftover> leftovers) {
        this.core = core;
        this.layers = layers;
        this.leftovers = leftovers;
    }

    StoreStatus of(Path root, DriverReason reason) throws VarveException {
        FileSystemFacts facts;
        try (Directory directory = core.syscalls().directory(core.home().path())) {
            facts = directory.fileSystem();
        }
        List<LayerRecord> records = core.catalogue().layers();
        return new StoreStatus(root, core.driver().name(), reason, core.driver().status(),
                core.syscalls().host().kernelRelease(), FileSystemType.name(facts.magic()), facts.total(),
                facts.available(), uses(records), core.catalogue().images().size(), leases(records), mounts(records),
                leftovers, core.syscalls().mounts().find(root).filter(m -> !m.shared()).isPresent());
    }

    private List<StoreStatus.LayerUse> uses(List<LayerRecord> records) throws VarveException {
        List<StoreStatus.LayerUse> uses = new ArrayList<>();
        for (LayerRecord layer : records) {
            uses.add(new StoreStatus.LayerUse(layer.id(), layer.kind(), usage(layer)));
        }
        return uses;
    }

    /** A layer that is being written to or removed may not be measurable just now. */
    private Optional<Usage> usage(LayerRecord layer) throws VarveException {
        try {
            return Optional.of(layers.usage(layer.id()));
        } catch (NoSuchLayerException e) {
            return Optional.empty();
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<StoreStatus.LayerLease> leases(List<LayerRecord> records) throws VarveException {
        LeaseService service = new LeaseService(core);
        List<StoreStatus.LayerLease> leases = new ArrayList<>();
        for (LayerRecord layer : records) {
            for (LeaseRecord lease : service.live(layer.number())) {
                Path path = core.driver().root(core.place(layer), core.parentPlaces(layer), lease.access()).path();
                leases.add(new StoreStatus.LayerLease(layer.id(), path, lease.access(),
                        Optional.of(lease.pid()).filter(p -> p != LeaseService.DETACHED), lease.since()));
            }
        }
        return leases;
    }

    private List<StoreStatus.LayerMount> mounts(List<LayerRecord> records) throws VarveException {
        Map<String, LayerRecord> places = new HashMap<>();
        for (LayerRecord layer : records) {
            core.driver().mountPoint(core.place(layer)).ifPresent(p -> places.put(p.toString(), layer));
        }
        List<StoreStatus.LayerMount> mounts = new ArrayList<>();
        for (MountInfo mount : places.isEmpty() ? List.<MountInfo>of() : core.syscalls().mounts().table()) {
            LayerRecord layer = places.get(mount.mountPoint());
            if (layer != null) {
                mounts.add(new StoreStatus.LayerMount(layer.id(), Path.of(mount.mountPoint()), mount.type(),
                        mount.readOnly()));
            }
        }
        return mounts;
    }
}
