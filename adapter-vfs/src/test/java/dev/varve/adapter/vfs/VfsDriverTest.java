package dev.varve.adapter.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerTree;
import dev.varve.domain.layer.ParentChain;
import dev.varve.domain.layer.TreeForm;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.mount.RootPlan;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;
import dev.varve.ports.syscall.Mounts;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.fake.MemorySyscalls;

class VfsDriverTest {
    private static final Path HOME = Path.of("/store/vfs");
    private static final LayerPlace PLACE = new LayerPlace(new LayerNumber(7), HOME.resolve("7"), TreeForm.FULL);
    private static final LayerPlace PARENT = new LayerPlace(new LayerNumber(6), HOME.resolve("6"), TreeForm.FULL);
    private static final ParentChain<LayerPlace> NONE = ParentChain.ofNearestFirst(List.of());
    private static final ParentChain<LayerPlace> ONE = ParentChain.ofNearestFirst(List.of(PARENT));
    private static final RootPlan PLAIN = new RootPlan.Directory(HOME.resolve("7/fs"));
    private final VfsDriverProvider provider = new VfsDriverProvider();
    private final MemorySyscalls host = MemorySyscalls.create();

    /** The same host, used by somebody who may not mount. */
    private record Unprivileged(MemorySyscalls memory) implements Syscalls {
        @Override
        public Directory directory(Path path) throws VarveException {
            return memory.directory(path);
        }

        @Override
        public Mounts mounts() {
            return memory.mounts();
        }

        @Override
        public HostFacts host() {
            HostFacts h = memory.host();
            return new HostFacts(1000, 1000, MountRight.NOT_OWNER, false, false, true, h.kernelMajor(), h.kernelMinor(),
                    h.kernelRelease(), h.bootId(), h.pid(), h.pageSize(), h.umask());
        }
    }

    @BeforeEach
    void makeHome() throws VarveException {
        host.makeDirectories(HOME);
    }

    @Test
    void worksForAnyUserAndLeavesNothing() throws VarveException {
        assertThat(provider.probe(context(new Unprivileged(host), Map.of()))).isInstanceOf(Support.Yes.class);
        try (Directory home = host.directory(HOME)) {
            assertThat(home.list()).isEmpty();
        }
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void readOnlyFileSystemIsIncompatible() throws VarveException {
        host.setReadOnly(true);
        assertThat(provider.probe(context(host, Map.of()))).isInstanceOf(Support.IncompatibleBackingFileSystem.class);
    }

    @Test
    void optionsAreRefusedByName() {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> provider.open(context(host, Map.of("mount_api", "fd"))))
                .withMessageContaining("vfs.mount_api");
    }

    @Test
    void layerIsAFullTree() throws VarveException {
        LayerDriver driver = provider.open(context(host, Map.of()));
        host.makeDirectories(PLACE.directory());
        assertThat(driver.prepare(PLACE)).isEqualTo(driver.tree(PLACE))
                .isEqualTo(new LayerTree.Full(HOME.resolve("7/fs")));
        try (Directory directory = host.directory(PLACE.directory())) {
            assertThat(directory.list()).containsExactlyInAnyOrder(EntryName.of("fs"), EntryName.of("merged"));
        }
        assertThatExceptionOfType(SyscallFailedException.class).as("a place that is not empty")
                .isThrownBy(() -> driver.prepare(PLACE));
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void writableRootIsTheTreeWhateverLiesBelow() throws VarveException {
        LayerDriver driver = provider.open(context(host, Map.of()));
        assertThat(driver.root(PLACE, NONE, Access.READ_WRITE)).isEqualTo(PLAIN);
        assertThat(driver.root(PLACE, ONE, Access.READ_WRITE)).isEqualTo(PLAIN);
        assertThat(driver.mountPoint(PLACE)).contains(HOME.resolve("7/merged"));
        assertThat(provider.open(context(new Unprivileged(host), Map.of())).mountPoint(PLACE)).isEmpty();
    }

    @Test
    void readOnlyRootIsABindMountWhereMountingIsAllowed() throws VarveException {
        RootPlan bound = new RootPlan.Mounted(new MountPlan(HOME.resolve("7/merged"),
                List.of(new MountStep.Bind(HOME.resolve("7/fs"), Set.of(MountFlag.READ_ONLY))),
                new MountProof.Bound(true)));
        assertThat(provider.open(context(host, Map.of())).root(PLACE, ONE, Access.READ_ONLY)).isEqualTo(bound);
        assertThat(provider.open(context(new Unprivileged(host), Map.of())).root(PLACE, ONE, Access.READ_ONLY))
                .isEqualTo(PLAIN);
    }

    private static DriverContext context(Syscalls syscalls, Map<String, String> options) {
        return new DriverContext(HOME, syscalls, options);
    }
}
