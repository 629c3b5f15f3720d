package dev.varve.app.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.LockMode;
import dev.varve.testkit.fake.MemorySyscalls;

class StoreSiteTest {
    private static final Path STORE = Path.of("/store");
    private final MemorySyscalls host = MemorySyscalls.create();
    private final List<DriverContext> probes = new ArrayList<>();
    private final LayerDriverProvider probing = new LayerDriverProvider() {
        @Override
        public String name() {
            return "plain";
        }

        @Override
        public Support probe(DriverContext context) {
            probes.add(context);
            return new Support.Yes("answer " + probes.size());
        }

        @Override
        public LayerDriver open(DriverContext context) {
            throw new AssertionError("a choice opens nothing");
        }
    };

    @BeforeEach
    void makeStore() throws VarveException {
        host.makeDirectories(STORE);
    }

    private StoreSite site(Path store) throws VarveException {
        DriverRegistry registry = DriverRegistry.of(List.of(probing, FakeDriver.working("other")));
        return new StoreSite(store, STORE, host, registry, DriverOptions.of(Map.of("plain.k", "v"), registry));
    }

    @Test
    void whicheverCallFailsNoHandleIsLeft() throws VarveException {
        host.clearFaults();
        try (StoreSite site = site(STORE)) {
            site.probe(probing);
        }
        long calls = host.calls();
        assertThat(calls).isGreaterThan(5);
        for (long k = 1; k <= calls; k++) {
            host.failAt(k, Errno.EIO);
            try (StoreSite site = site(STORE)) {
                site.probe(probing);
            } catch (SyscallFailedException e) {
                assertThat(e.errno()).as("call %d", k).isEqualTo(Errno.EIO);
            }
            host.clearFaults();
            assertThat(host.openHandles()).as("call %d", k).isZero();
        }
    }

    @Test
    void aDriverHasLayersThereWhenOneIsInItsHome() throws VarveException {
        host.makeDirectories(STORE.resolve("plain/layers"));
        host.makeDirectories(STORE.resolve("other"));
        assertThat(site(STORE).priorDrivers()).as("an empty home, such as an opening leaves, binds nobody").isEmpty();
        host.makeDirectories(STORE.resolve("plain/layers/1"));
        assertThat(site(STORE).priorDrivers()).containsExactly("plain");
        host.makeDirectories(STORE.resolve("other/layers/1.new"));
        assertThat(site(STORE).priorDrivers()).containsExactly("other", "plain");
    }

    @Test
    void layersOfADriverThatIsNotThereAreSeenAndOtherDirectoriesAreNot() throws VarveException {
        host.makeDirectories(STORE.resolve("aufs/layers/1"));
        host.writeFile(STORE.resolve("plain"), new byte[0]);
        assertThat(site(STORE).priorDrivers()).as("another program's").isEmpty();
        host.makeDirectories(STORE.resolve("gone/layers/1"));
        host.makeDirectories(STORE.resolve("gone/catalogue"));
        assertThat(site(STORE).priorDrivers()).containsExactly("gone");
    }

    @Test
    void aStoreThatIsNotThereHoldsNothingAndIsNotMade() throws VarveException {
        try (StoreSite missing = site(STORE.resolve("missing"))) {
            assertThat(missing.priorDrivers()).isEmpty();
            assertThat(missing.probe(probing)).isEqualTo(new Support.Yes("answer 1"));
        }
        try (var store = host.directory(STORE)) {
            assertThat(store.list()).isEmpty();
        }
    }

    @Test
    void aDriverIsAskedOnceWithItsOptionsInAnEmptyDirectory() throws VarveException {
        host.makeDirectories(STORE.resolve("probe-of-another-program"));
        try (StoreSite site = site(STORE)) {
            assertThat(site.probe(probing)).isEqualTo(site.probe(probing));
            DriverContext context = probes.getFirst();
            assertThat(probes).hasSize(1);
            assertThat(context.options()).isEqualTo(Map.of("k", "v"));
            assertThat(context.home().getParent()).isEqualTo(STORE);
            try (var empty = host.directory(context.home())) {
                assertThat(empty.list()).isEmpty();
            }
        }
        try (var store = host.directory(STORE)) {
            assertThat(store.list()).containsExactly(EntryName.of("probe-of-another-program"));
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndWhatOthersUseIsNot() throws VarveException {
        EntryName left = EntryName.of(".varve-probe-1-killed");
        EntryName used = EntryName.of(".varve-probe-1-alive");
        EntryName theirs = EntryName.of(".varve-probe-1-of-another-user");
        EntryName file = EntryName.of(".varve-probe-1-file");
        for (EntryName name : List.of(left, used, theirs)) {
            host.makeDirectories(STORE.resolve(name.toString()).resolve("probe-1/0/m"));
        }
        Path target = STORE.resolve(left.toString()).resolve("probe-1/0/m");
        host.mounts()
                .mount(new MountPlan(target, List.of(new MountStep.Bind(STORE, Set.of())),
                        new MountProof.Bound(false)));
        host.writeFile(STORE.resolve(file.toString()), new byte[0]);
        try (Directory store = host.directory(STORE);
                Inode other = store.inode(theirs);
                Directory _ = store.openLocked(used, LockMode.EXCLUSIVE).orElseThrow();
                StoreSite site = site(STORE)) {
            other.setOwner(1234, 0);
            site.probe(probing);
            assertThat(store.list()).doesNotContain(left).contains(used, theirs, file).hasSize(4);
            assertThat(host.mounts().table()).noneMatch(m -> m.mountPoint().equals(target.toString()));
        }
    }

    @Test
    void theDirectoryToProbeInIsNotALeftoverOfOthersWhileItIsUsed() throws VarveException {
        try (StoreSite one = site(STORE); StoreSite another = site(STORE)) {
            one.probe(probing);
            another.probe(probing);
            try (Directory store = host.directory(STORE)) {
                assertThat(store.list()).hasSize(2);
            }
        }
    }

    @Test
    void whereNothingCanBeMadeTheStoreItselfIsProbed() throws VarveException {
        host.setReadOnly(true);
        try (StoreSite site = site(STORE)) {
            site.probe(probing);
            assertThat(probes.getFirst().home()).isEqualTo(STORE);
        }
    }
}
