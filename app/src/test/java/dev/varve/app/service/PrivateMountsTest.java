package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.testkit.fake.MemorySyscalls;

class PrivateMountsTest {
    private static final Path STORE = Path.of("/a/store");
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeStore() throws VarveException {
        host.makeDirectories(STORE);
    }

    private List<MountInfo> mounted() throws VarveException {
        return host.mounts().table();
    }

    private void assertNothingIsLeft() throws VarveException {
        assertThat(mounted()).isEmpty();
        try (var store = host.directory(STORE)) {
            assertThat(store.list()).isEmpty();
        }
    }

    private static MountPlan plan(Path target, boolean makePrivate) {
        MountStep bind = new MountStep.Bind(target, Set.of());
        return new MountPlan(target, makePrivate ? List.of(bind, new MountStep.MakePrivate()) : List.of(bind),
                new MountProof.Bound(false));
    }

    @Test
    void theStoreIsAPrivateMountMeanwhile() throws VarveException {
        PrivateMounts mounts = PrivateMounts.enter(STORE, host);
        assertThat(mounted()).singleElement().satisfies(m -> {
            assertThat(m.mountPoint()).isEqualTo(STORE.toString());
            assertThat(m.shared()).isFalse();
        });
        mounts.close();
        assertNothingIsLeft();
        mounts.close(); // a second time
        assertNothingIsLeft();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void aSecondUseTakesTheMountOver() throws VarveException {
        MemorySyscalls other = host.anotherProcess();
        PrivateMounts first = PrivateMounts.enter(STORE, host);
        PrivateMounts second = PrivateMounts.enter(STORE, other);
        assertThat(mounted()).hasSize(1);
        host.mounts().setBusy(STORE, true); // by the handle of the second
        first.close();
        assertThat(mounted()).hasSize(1);
        host.mounts().setBusy(STORE, false);
        second.close();
        assertNothingIsLeft();
    }

    @Test
    void whatIsMountedBeneathKeepsIt() throws VarveException {
        Path layer = STORE.resolve("layer");
        host.makeDirectories(layer);
        PrivateMounts mounts = PrivateMounts.enter(STORE, host);
        host.mounts().mount(plan(layer, false));
        mounts.close();
        assertThat(mounted()).hasSize(2);
        host.mounts().unmount(layer, dev.varve.ports.syscall.Mounts.UnmountMode.STRICT);
        PrivateMounts.enter(STORE, host).close();
        assertThat(mounted()).isEmpty();
    }

    @Test
    void aPrivateMountOfSomebodyElseIsLeftAlone() throws VarveException {
        host.mounts().mount(plan(STORE, true));
        PrivateMounts.enter(STORE, host).close();
        assertThat(mounted()).hasSize(1);
    }

    @Test
    void aSharedMountOfSomebodyElseIsCoveredByAPrivateOne() throws VarveException {
        host.mounts().mount(plan(STORE, false));
        try (PrivateMounts _ = PrivateMounts.enter(STORE, host)) {
            assertThat(mounted()).extracting(MountInfo::shared).containsExactly(true, false);
        }
        assertThat(mounted()).extracting(MountInfo::shared).containsExactly(true);
    }

    @Test
    void whatIsMountedBeneathAlreadyIsNotHidden() throws VarveException {
        Path layer = STORE.resolve("layer");
        host.makeDirectories(layer);
        host.mounts().mount(plan(layer, false));
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> PrivateMounts.enter(STORE, host).close())
                .withMessageContaining(layer.toString());
        assertThat(mounted()).hasSize(1);
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void anEndThatFailedCanBeTriedAgain() throws VarveException {
        PrivateMounts mounts = PrivateMounts.enter(STORE, host);
        host.refuse("unmount"::equals, Errno.EIO);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(mounts::close);
        assertThat(mounted()).hasSize(1);
        host.clearFaults();
        mounts.close();
        assertNothingIsLeft();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void theRootDirectoryIsRefused() {
        assertThatExceptionOfType(WrongStateException.class)
                .isThrownBy(() -> PrivateMounts.enter(Path.of("/"), host).close());
    }

    @Test
    void whicheverCallFailsNoMountIsLeftByEntering() throws VarveException {
        boolean reached = true;
        for (long k = 1; reached; k++) {
            MemorySyscalls fresh = MemorySyscalls.create();
            fresh.makeDirectories(STORE);
            fresh.failAt(k, Errno.EIO);
            PrivateMounts entered = null;
            try {
                entered = PrivateMounts.enter(STORE, fresh);
                reached = false;
            } catch (SyscallFailedException e) {
                assertThat(e.errno()).isEqualTo(Errno.EIO);
            }
            fresh.clearFaults();
            if (entered != null) {
                entered.close();
            }
            assertThat(fresh.openHandles()).as("handles after call %d failed", k).isZero();
            assertThat(fresh.mounts().table()).as("mounts after call %d failed", k).isEmpty();
        }
    }
}
