package dev.varve.adapter.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.varve.adapter.store.file.Scenario.State;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.store.Catalogue;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.fake.ProcessDeath;

/** Each operation is run again and again, and each time another one of its system calls fails, or is its last. */
class FaultInjectionTest {
    private static final int POWER_LOSSES = 6;

    @ParameterizedTest
    @EnumSource
    void failedCallLeavesTheOldStateOrTheNew(Scenario operation) throws VarveException {
        State before = Scenario.reopened(Scenario.host());
        State after = stateAfter(operation);
        int points = 0;
        for (Errno errno : List.of(Errno.EIO, Errno.ENOSPC)) {
            boolean reached = true;
            for (long k = 1; reached; k++) {
                MemorySyscalls host = Scenario.host();
                MemorySyscalls process = host.anotherProcess();
                try (Catalogue other = Scenario.open(host); Catalogue catalogue = Scenario.open(process)) {
                    Scenario.state(other);
                    process.failAt(k, errno);
                    boolean succeeded = succeeds(operation, catalogue);
                    reached = process.calls() >= k;
                    String point = operation + ", " + errno + " at call " + k + " of " + process.log();
                    process.clearFaults();
                    State expected = succeeded ? after : before;
                    assertThat(Scenario.state(catalogue)).as(point).isEqualTo(expected);
                    assertThat(Scenario.state(other)).as(point).isEqualTo(expected);
                    assertThat(Scenario.reopened(host.anotherProcess())).as(point).isEqualTo(expected);
                    assertThat(Scenario.reopened(host.afterPowerLoss()).lasting()).as(point)
                            .isEqualTo(expected.lasting());
                    assertThat(reached || succeeded).as(point).isTrue();
                    operation.run(catalogue);
                    assertThat(Scenario.state(other)).as(point).isEqualTo(after);
                    assertThat(Scenario.reopened(host.afterPowerLoss()).lasting()).as(point).isEqualTo(after.lasting());
                    points++;
                }
                assertThat(process.openHandles()).isZero();
            }
        }
        report(operation + ": points of failure", points);
    }

    @ParameterizedTest
    @EnumSource
    void diskThatFillsUpLeavesTheOldStateOrTheNew(Scenario operation) throws VarveException {
        State before = Scenario.reopened(Scenario.host());
        State after = stateAfter(operation);
        int points = 0;
        boolean reached = true;
        for (long k = 1; reached; k++) {
            MemorySyscalls host = Scenario.host();
            MemorySyscalls process = host.anotherProcess();
            try (Catalogue other = Scenario.open(host); Catalogue catalogue = Scenario.open(process)) {
                process.fillAt(k);
                boolean succeeded = succeeds(operation, catalogue);
                reached = process.calls() >= k;
                String point = operation + ", disk full at call " + k + " of " + process.log();
                assertThat(succeeded || !operation.needsNoSpace()).as(point).isTrue();
                State expected = succeeded ? after : before;
                assertThat(Scenario.state(other)).as(point).isEqualTo(expected);
                assertThat(Scenario.state(catalogue)).as(point).isEqualTo(expected);
                assertThat(Scenario.reopened(host.anotherProcess())).as(point).isEqualTo(expected);
                host.setFull(false);
                operation.run(catalogue);
                assertThat(Scenario.state(other)).as(point).isEqualTo(after);
                points++;
            }
        }
        report(operation + ": moments at which the disk filled up", points);
    }

    @ParameterizedTest
    @EnumSource
    void crashLeavesTheOldStateOrTheNew(Scenario operation) throws VarveException {
        State before = Scenario.reopened(Scenario.host());
        State after = stateAfter(operation);
        int points = 0;
        boolean reached = true;
        for (long k = 1; reached; k++) {
            MemorySyscalls host = Scenario.host();
            MemorySyscalls process = host.anotherProcess();
            try (Catalogue survivor = Scenario.open(host)) {
                Scenario.state(survivor);
                Catalogue catalogue = Scenario.open(process);
                process.crashAt(k);
                reached = !survives(operation, catalogue);
                String point = operation + ", death at call " + k + " of " + process.log();
                List<State> allowed = reached ? List.of(before, after) : List.of(after);
                for (int seed = -1; seed < POWER_LOSSES; seed++) {
                    MemorySyscalls rebooted = seed < 0 ? host.afterPowerLoss() : host.afterPowerLoss(seed);
                    assertThat(Scenario.reopened(rebooted).lasting()).as(point + ", seed " + seed)
                            .isIn(allowed.stream().map(State::lasting).toList());
                    try (Catalogue again = Scenario.open(rebooted)) {
                        operation.run(again);
                    }
                    assertThat(Scenario.reopened(rebooted.afterPowerLoss()).lasting()).as(point)
                            .isEqualTo(after.lasting());
                    points++;
                }
                process.afterKill();
                State seen = Scenario.state(survivor);
                assertThat(seen).as(point).isIn(allowed);
                assertThat(Scenario.reopened(host.anotherProcess())).as(point).isEqualTo(seen);
                // What another process has seen and built on must not be lost any more.
                operation.run(survivor);
                assertThat(Scenario.state(survivor)).as(point).isEqualTo(after);
                assertThat(Scenario.reopened(host.afterPowerLoss()).lasting()).as(point).isEqualTo(after.lasting());
                points++;
            }
        }
        report(operation + ": crashes", points);
    }

    @Test
    void failureWhileOpeningIsHarmless() throws VarveException {
        int points = 0;
        for (boolean filled : List.of(false, true)) {
            for (Errno errno : List.of(Errno.EIO, Errno.ENOSPC)) {
                boolean reached = true;
                for (long k = 1; reached; k++) {
                    MemorySyscalls host = filled ? Scenario.host() : Scenario.emptyHost();
                    MemorySyscalls process = host.anotherProcess();
                    process.failAt(k, errno);
                    boolean opened = true;
                    try {
                        Scenario.open(process).close();
                    } catch (VarveException e) {
                        opened = false;
                    }
                    reached = process.calls() >= k;
                    String point = errno + " at call " + k + " of " + process.log();
                    process.clearFaults();
                    assertThat(opened || reached).as(point).isTrue();
                    assertThat(process.openHandles()).as(point).isZero();
                    requireUsable(process, filled, point);
                    points++;
                }
            }
        }
        report("opening: points of failure", points);
    }

    @Test
    void crashWhileOpeningIsHarmless() throws VarveException {
        int points = 0;
        for (boolean filled : List.of(false, true)) {
            boolean reached = true;
            for (long k = 1; reached; k++) {
                MemorySyscalls host = filled ? Scenario.host() : Scenario.emptyHost();
                MemorySyscalls process = host.anotherProcess();
                process.crashAt(k);
                reached = false;
                try {
                    Scenario.open(process);
                } catch (ProcessDeath e) {
                    reached = true;
                }
                for (int seed = -1; seed < POWER_LOSSES; seed++) {
                    String point = "death at call " + k + " of " + process.log() + ", seed " + seed;
                    requireUsable(seed < 0 ? host.afterPowerLoss() : host.afterPowerLoss(seed), filled, point);
                    points++;
                }
                requireUsable(process.afterKill(), filled, "killed at call " + k);
            }
        }
        report("opening: crashes", points);
    }

    private static void requireUsable(MemorySyscalls process, boolean filled, String point) throws VarveException {
        try (Catalogue catalogue = Scenario.open(process)) {
            assertThat(catalogue.layers()).as(point).hasSize(filled ? 2 : 0);
            Scenario.PUT_NEW.run(catalogue);
            assertThat(catalogue.nextNumber().value()).as(point).isGreaterThan(filled ? 2 : 0);
        }
        assertThat(Scenario.reopened(process.afterPowerLoss()).layers()).as(point).hasSize(filled ? 3 : 1);
    }

    private static State stateAfter(Scenario operation) throws VarveException {
        MemorySyscalls host = Scenario.host();
        try (Catalogue catalogue = Scenario.open(host)) {
            operation.run(catalogue);
            return Scenario.state(catalogue);
        }
    }

    private static boolean succeeds(Scenario operation, Catalogue catalogue) {
        try {
            operation.run(catalogue);
            return true;
        } catch (VarveException e) {
            return false;
        }
    }

    private static boolean survives(Scenario operation, Catalogue catalogue) throws VarveException {
        try {
            operation.run(catalogue);
            return true;
        } catch (ProcessDeath e) {
            return false;
        }
    }

    private static void report(String what, int points) {
        System.out.println("[catalogue] " + what + " tried: " + points);
    }
}
