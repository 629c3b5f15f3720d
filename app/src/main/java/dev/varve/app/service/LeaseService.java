package dev.varve.app.service;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Function;

import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeasePurpose;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.mount.RootPlan;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.syscall.Directory;

/**
 * Holds on root file systems. The records say who holds, the kernel says what is mounted; where they differ the kernel is
 * right. Each transition happens under the catalogue's lock, so a mount and its first or last record go together.
 */
final class LeaseService {
    /** proc(5) tells the time of the boot in whole seconds, and the starts of processes from there. */
    private static final Duration START_ERROR = Duration.ofSeconds(2);
    static final long DETACHED = 0;
    private final Core core;
    private final LayerMounts mounts;

    LeaseService(Core core) {
        this.core = core;
        this.mounts = new LayerMounts(core);
    }

    /** The holds on the layer's root file system that are worth something: those of another boot went with its mounts. */
    List<LeaseRecord> live(LayerNumber layer) throws VarveException {
        return roots(ofThisBoot(layer));
    }

    /** Those, and reservations, which are worth something as long as the layer's directory is locked as well. */
    private List<LeaseRecord> ofThisBoot(LayerNumber layer) throws VarveException {
        String boot = core.syscalls().host().bootId();
        return core.catalogue().leases(layer).stream().filter(l -> l.bootId().equals(boot)).toList();
    }

    private static List<LeaseRecord> roots(List<LeaseRecord> holds) {
        return holds.stream().filter(l -> l.purpose() == LeasePurpose.ROOT).toList();
    }

    /** A hold that was taken, and where the root file system is. */
    record Taken(LeaseRecord lease, Path path) {}

    /** @throws LayerInUseException if it is to be writable, and is held by somebody who reads it as it is */
    Taken acquire(LayerId id) throws VarveException {
        return acquire(id, Access.READ_WRITE, true, core.driver()::root);
    }

    /**
     * For Varve's own reading.
     *
     * @param most what is wanted, if the layer can be had so and is not held in another way
     */
    Taken inspect(LayerId id, Access most) throws VarveException {
        return acquire(id, most, false, core.driver()::inspection);
    }

    private interface Planning {
        RootPlan plan(LayerPlace place, ParentChain<LayerPlace> parents, Access access) throws VarveException;
    }

    private Taken acquire(LayerId id, Access most, boolean forWriting, Planning planning) throws VarveException {
        return core.catalogue().exclusively(() -> {
            LayerRecord layer = core.require(id);
            boolean frozen = core.isFrozen(layer);
            List<LeaseRecord> holds = new ArrayList<>(ofThisBoot(layer.number()));
            dropVoidReservations(layer, holds);
            if (!frozen) {
                dropDeadReaders(holds);
            }
            if (!frozen && forWriting) {
                refuseRead(layer, holds);
            }
            List<LeaseRecord> roots = roots(holds);
            Access access = !roots.isEmpty() ? roots.getFirst().access()
                    : most == Access.READ_ONLY || frozen || !holds.isEmpty() ? Access.READ_ONLY : Access.READ_WRITE;
            RootPlan plan = planning.plan(core.place(layer), core.parentPlaces(layer), access);
            boolean mountedNow = plan instanceof RootPlan.Mounted mounted
                    && mounts.mount(layer, mounted, !roots.isEmpty(), isWritten(roots));
            LeaseRecord lease = lease(layer, LeasePurpose.ROOT, access);
            holds.add(lease);
            try {
                core.catalogue().putLeases(layer.number(), holds);
            } catch (VarveException e) {
                if (mountedNow && roots.isEmpty()) {
                    mounts.undo(layer, plan.path(), e);
                }
                throw e;
            }
            return new Taken(lease, plan.path());
        });
    }

    private LeaseRecord lease(LayerRecord layer, LeasePurpose purpose, Access access) throws VarveException {
        return new LeaseRecord(layer.number(), UUID.randomUUID().toString(), core.syscalls().host().pid(),
                core.syscalls().host().bootId(), purpose, access, core.clock().instant());
    }

    /** Takes out the read-only mounts of dead processes: they alone would keep the layer from being written to. */
    private static void dropDeadReaders(List<LeaseRecord> holds) {
        holds.removeIf(l -> l.purpose() == LeasePurpose.ROOT && l.access() == Access.READ_ONLY && l.pid() != DETACHED
                && !isHeldBy(l));
    }

    /** Takes out reservations if nobody has the lock that they are worth something with. */
    private void dropVoidReservations(LayerRecord layer, List<LeaseRecord> holds) throws VarveException {
        if (roots(holds).size() < holds.size() && !core.home().isRead(layer.number())) {
            holds.removeIf(l -> l.purpose() == LeasePurpose.RESERVATION);
        }
    }

    private static void refuseRead(LayerRecord layer, List<LeaseRecord> holds) throws VarveException {
        Optional<LeaseRecord> reader = holds.stream().filter(l -> l.access() == Access.READ_ONLY).findFirst();
        if (reader.isPresent()) {
            long pid = reader.get().pid();
            throw new LayerInUseException(layer.id(), (pid == DETACHED ? "a mount" : "process " + pid)
                    + " that reads it: it cannot be written to meanwhile", "try again when it is released");
        }
    }

    /**
     * Takes a hold that mounts nothing, and as long as it is there nobody has the layer to write to, and nobody removes it.
     *
     * @param refusal what to throw if somebody has it mounted for writing already
     */
    Reservation reserve(LayerId id, Function<LayerRecord, VarveException> refusal) throws VarveException {
        return core.catalogue().exclusively(() -> {
            LayerRecord layer = core.require(id);
            List<LeaseRecord> holds = new ArrayList<>(ofThisBoot(layer.number()));
            if (isWritten(holds) && !core.isFrozen(layer)) {
                throw refusal.apply(layer);
            }
            dropVoidReservations(layer, holds);
            Directory lock = core.home().hold(layer.number()).orElseThrow(() -> new NoSuchLayerException(id));
            LeaseRecord lease = lease(layer, LeasePurpose.RESERVATION, Access.READ_ONLY);
            holds.add(lease);
            try {
                core.catalogue().putLeases(layer.number(), holds);
            } catch (VarveException e) {
                lock.close();
                throw e;
            }
            return new Reservation(layer, lock, () -> forget(lease));
        });
    }

    /** Gives a reservation back: nothing was mounted for it. */
    private void forget(LeaseRecord reservation) throws VarveException {
        core.catalogue().exclusively(() -> {
            core.catalogue()
                    .putLeases(reservation.layer(),
                            ofThisBoot(reservation.layer()).stream()
                                    .filter(l -> !l.token().equals(reservation.token()))
                                    .toList());
            return reservation;
        });
    }

    /** Makes the hold one that no process has: only {@link #releaseOldest} gives it back. */
    void detach(LeaseRecord lease) throws VarveException {
        core.catalogue().exclusively(() -> {
            core.catalogue()
                    .putLeases(lease.layer(),
                            ofThisBoot(lease.layer()).stream()
                                    .map(l -> l.token().equals(lease.token())
                                            ? new LeaseRecord(l.layer(), l.token(), DETACHED, l.bootId(), l.purpose(),
                                                    l.access(), l.since())
                                            : l)
                                    .toList());
            return lease;
        });
    }

    /** Gives back this very hold; one that is not there any more is success. */
    void release(LeaseRecord lease) throws VarveException {
        if (!core.catalogue().exclusively(() -> release(lease, false))) {
            flush(core.catalogue().find(lease.layer()));
            core.catalogue().exclusively(() -> release(lease, true));
        }
    }

    /** @return false if the layer is to be flushed first; nothing was done then */
    private boolean release(LeaseRecord lease, boolean flushed) throws VarveException {
        List<LeaseRecord> holds = ofThisBoot(lease.layer());
        List<LeaseRecord> left = holds.stream().filter(l -> !l.token().equals(lease.token())).toList();
        if (left.size() < holds.size()) {
            Optional<LayerRecord> layer = core.catalogue().find(lease.layer());
            if (!flushed && needsFlush(layer, left)) {
                return false;
            }
            drop(layer, holds, left, lease.layer());
        }
        return true;
    }

    private boolean needsFlush(Optional<LayerRecord> layer, List<LeaseRecord> left) throws VarveException {
        return roots(left).isEmpty() && layer.isPresent() && layer.get().kind() == LayerKind.ACTIVE
                && core.driver().needsFlush(core.place(layer.get()));
    }

    /** Without the lock, which others wait for. */
    private void flush(Optional<LayerRecord> layer) throws VarveException {
        if (layer.isPresent()) {
            core.driver().flush(core.place(layer.get()));
        }
    }

    /** Gives back the oldest hold that no living process has; returns how many are left. */
    int releaseOldest(LayerId id) throws VarveException {
        OptionalInt left = core.catalogue().exclusively(() -> releaseOldest(id, false));
        if (left.isEmpty()) {
            flush(core.catalogue().find(id));
            left = core.catalogue().exclusively(() -> releaseOldest(id, true));
        }
        return left.orElseThrow();
    }

    /** @return empty if the layer is to be flushed first; nothing was done then */
    private OptionalInt releaseOldest(LayerId id, boolean flushed) throws VarveException {
        LayerRecord layer = core.require(id);
        List<LeaseRecord> all = ofThisBoot(layer.number());
        List<LeaseRecord> holds = roots(all);
        Optional<LeaseRecord> oldest = holds.stream().filter(l -> l.pid() == DETACHED || !isHeldBy(l)).findFirst();
        if (oldest.isEmpty() && !holds.isEmpty()) {
            throw new LayerInUseException(id, "process " + holds.getFirst().pid(),
                    "it gives the layer back when it closes its lease or ends");
        }
        List<LeaseRecord> left = all.stream().filter(l -> !Optional.of(l).equals(oldest)).toList();
        if (!flushed && needsFlush(Optional.of(layer), left)) {
            return OptionalInt.empty();
        }
        boolean unmounted = drop(Optional.of(layer), all, left, layer.number());
        if (oldest.isEmpty() && !unmounted) {
            throw new WrongStateException("layer " + id + " is not mounted", "`varve layer inspect` shows its state");
        }
        return OptionalInt.of(roots(left).size());
    }

    private static boolean isHeldBy(LeaseRecord lease) {
        return isHeldBy(ProcessHandle.of(lease.pid()), lease.since());
    }

    /**
     * Whether the process that has the number now can be the one that took a hold then. One that began later has only the
     * same number, as the first process of each container has.
     */
    static boolean isHeldBy(Optional<ProcessHandle> process, Instant since) {
        return process.isPresent() && !process.get()
                .info()
                .startInstant()
                .map(start -> start.minus(START_ERROR).isAfter(since))
                .orElse(false);
    }

    private boolean drop(Optional<LayerRecord> layer, List<LeaseRecord> before, List<LeaseRecord> left,
            LayerNumber number) throws VarveException {
        boolean last = layer.isPresent() && roots(left).isEmpty();
        boolean unmounted = last && mounts.unmount(layer.get());
        // also where it was unmounted before, and what then had to be done failed or was cut short
        if (unmounted || last && isWritten(before)) {
            try {
                core.driver().settle(core.place(layer.get()), true);
            } catch (WrongStateException e) { // no further try mends that: the layer is refused, and can be removed
                try {
                    core.catalogue().putLeases(number, left);
                } catch (VarveException second) {
                    e.addSuppressed(second);
                }
                throw e;
            }
        }
        core.catalogue().putLeases(number, left);
        return unmounted;
    }

    /**
     * Refuses a layer whose own directory cannot be read as it is, because a mount before the system went down left it
     * undone.
     */
    void requireComplete(LayerRecord layer) throws VarveException {
        if (layer.kind() != LayerKind.ACTIVE || isHeld(layer)) {
            return;
        }
        try {
            core.driver().settle(core.place(layer), false);
        } catch (WrongStateException e) {
            core.catalogue().exclusively(() -> {
                if (!isHeld(layer)) { // else it was mounted this very moment
                    throw e;
                }
                return layer;
            });
        }
    }

    /** Whether it was mounted for writing since the system came up: holds of the other kind say nothing of that. */
    private static boolean isWritten(List<LeaseRecord> holds) {
        return holds.stream().anyMatch(l -> l.access() == Access.READ_WRITE);
    }

    private boolean isHeld(LayerRecord layer) throws VarveException {
        return isWritten(live(layer.number())) || mounts.point(layer).isPresent();
    }
}
