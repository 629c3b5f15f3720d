package dev.varve.adapter.overlay;

import static dev.varve.adapter.overlay.FakeHost.HOME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerKind;
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
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.MountRight;

class OverlayDriverTest {
    private final LayerDriverProvider provider = new OverlayDriverProvider();

    @ParameterizedTest
    @CsvSource({"5.4,LEGACY", "6.6,LEGACY", "6.7,STRING", "6.12,STRING", "6.13,FD", "7.0,FD", "5.99,LEGACY"})
    void apiIsTheBestThatTheKernelHas(String version, MountApi api) throws VarveException {
        assertThat(facts(kernel(version)).api()).isEqualTo(api);
    }

    @Test
    void apiIsTheOneThatTheUserAskedFor() throws VarveException {
        FakeHost host = FakeHost.kernel(6, 13);
        OverlayOptions options = OverlayOptions.parse(Map.of("mount_api", "legacy"));
        assertThat(OverlayFacts.find(host.context(Map.of()), options).api()).isEqualTo(MountApi.LEGACY);
    }

    @Test
    void rootKeepsTrustedAttributesAndDevices() throws VarveException {
        OverlayFacts facts = facts(kernel("5.4"));
        assertThat(facts.userXattr()).isFalse();
        assertThat(facts.whiteouts()).isEqualTo(
                new WhiteoutFormat.Overlay(WhiteoutFormat.XattrNamespace.TRUSTED, WhiteoutFormat.Form.DEVICE));
        assertThat(facts.whiteouts().xattr("opaque")).isEqualTo("trusted.overlay.opaque");
    }

    @ParameterizedTest
    @CsvSource({"5.8", "6.13"})
    void userNamespaceKeepsUserAttributesAndDevicesWhereItMayMakeThem(String version) throws VarveException {
        FakeHost host = kernel(version).inUserNamespace();
        OverlayFacts facts = facts(host);
        assertThat(facts.userXattr()).isTrue();
        assertThat(facts.whiteouts())
                .isEqualTo(new WhiteoutFormat.Overlay(WhiteoutFormat.XattrNamespace.USER, WhiteoutFormat.Form.DEVICE));
        assertThat(facts.how()).isEqualTo("tried in the store");
        assertNothingIsLeft(host);
    }

    @Test
    void storeInWhichNoWhiteoutCanBeMadeIsRefused() throws VarveException {
        FakeHost host = kernel("5.7").inUserNamespace();
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> provider.open(host.context(Map.of())))
                .withMessageContaining("mknod of 0:0")
                .withMessageContaining("5.7");
        assertThat(provider.probe(host.context(Map.of()))).isInstanceOf(Support.NotSupported.class);
        assertNothingIsLeft(host);
    }

    @Test
    void storeThatTakesNoTestFileIsOpenedByWhatTheKernelIsKnownFor() throws VarveException {
        FakeHost full = kernel("6.13");
        full.memory().setFull(true);
        assertThat(facts(full).how()).startsWith("assumed of Linux 6.13.0").contains("ENOSPC");
        assertThat(facts(full).whiteouts().form()).isEqualTo(WhiteoutFormat.Form.DEVICE);
        assertThat(facts(kernel("6.13").inUserNamespace().on(FakeHost.OVERLAY, true)).whiteouts())
                .isEqualTo(new WhiteoutFormat.Overlay(WhiteoutFormat.XattrNamespace.USER, WhiteoutFormat.Form.XATTR));
    }

    @Test
    void storeOnOverlayfsItselfHasNoDevices() throws VarveException {
        assertThat(facts(kernel("6.13").on(FakeHost.OVERLAY, false)).whiteouts().form())
                .isEqualTo(WhiteoutFormat.Form.XATTR);
    }

    @ParameterizedTest
    @CsvSource({"fd,FD", "string,STRING", "legacy,LEGACY"})
    void optionNamesTheApi(String value, MountApi api) throws UnsupportedException {
        assertThat(OverlayOptions.parse(Map.of("mount_api", value)).mountApi()).contains(api);
        assertThat(OverlayOptions.parse(Map.of()).mountApi()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FD", "fds", "legacy ", "auto"})
    void otherApisAreRefusedWithTheChoices(String value) {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> provider.open(FakeHost.kernel(6, 13).context(Map.of("mount_api", value))))
                .withMessageContaining("overlay.mount_api cannot be " + value)
                .satisfies(e -> assertThat(e.hint()).contains("it is one of fd, string, legacy"));
    }

    @Test
    void unknownOptionIsNamedInFull() {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> OverlayOptions.parse(Map.of("redirect", "on")))
                .withMessageContaining("overlay.redirect");
    }

    @ParameterizedTest
    @CsvSource({"NO_CAPABILITY,needs CAP_SYS_ADMIN", "NOT_OWNER,belongs to another user namespace", "REFUSED,seccomp"})
    void whoMayNotMountIsToldWhatIsMissing(MountRight right, String missing) throws VarveException {
        FakeHost host = kernel("6.13").without(right);
        assertThat(provider.probe(host.context(Map.of()))).isInstanceOfSatisfying(Support.PrerequisitesNotMet.class,
                no -> assertThat(no.reason()).contains(missing));
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> provider.open(host.context(Map.of())))
                .withMessageContaining(missing)
                .satisfies(e -> assertThat(e.hint()).isPresent());
        assertThat(names(host, HOME)).isEmpty();
    }

    @Test
    void probeSaysHowItWorksAndLeavesNothing() throws VarveException {
        FakeHost host = kernel("6.13");
        assertThat(provider.probe(host.context(Map.of())))
                .isEqualTo(new Support.Yes("layers by fd, attributes in trusted.overlay.*"));
        assertThat(provider.probe(host.context(Map.of("mount_api", "legacy"))))
                .isEqualTo(new Support.Yes("layers by legacy, attributes in trusted.overlay.*"));
        assertNothingIsLeft(host);
    }

    @Test
    void readOnlyFileSystemIsIncompatible() throws VarveException {
        assertThat(provider.probe(kernel("6.13").on(FakeHost.EXT4, true).context(Map.of())))
                .isInstanceOf(Support.IncompatibleBackingFileSystem.class);
    }

    @Test
    void probeTellsRefusalsOfTheKernelApartAndLeavesNothing() throws VarveException {
        assertThat(probeWhereMountsFailWith(Errno.EPERM)).isInstanceOf(Support.PrerequisitesNotMet.class);
        assertThat(probeWhereMountsFailWith(Errno.EINVAL)).isInstanceOf(Support.IncompatibleBackingFileSystem.class);
        assertThat(probeWhereMountsFailWith(Errno.ENOSYS)).isInstanceOf(Support.NotSupported.class);
    }

    private Support probeWhereMountsFailWith(Errno errno) throws VarveException {
        FakeHost host = kernel("6.13");
        host.memory().refuse(call -> call.equals("mount"), errno);
        Support support = provider.probe(host.context(Map.of()));
        host.memory().clearFaults();
        assertNothingIsLeft(host);
        return support;
    }

    @Test
    void layerIsADeltaWithItsWorkBesideIt() throws VarveException {
        FakeHost host = kernel("6.13");
        LayerDriver driver = provider.open(host.context(Map.of()));
        LayerPlace place = place(3);
        host.memory().makeDirectories(place.directory());
        assertThat(driver.prepare(place)).isEqualTo(driver.tree(place))
                .isEqualTo(new LayerTree.Delta(place.directory().resolve("fs"),
                        new WhiteoutFormat.Overlay(WhiteoutFormat.XattrNamespace.TRUSTED, WhiteoutFormat.Form.DEVICE)));
        assertThat(names(host, place.directory())).containsExactlyInAnyOrder(EntryName.of("fs"), EntryName.of("work"),
                EntryName.of("merged"));
    }

    @Test
    void baseLayerNeedsNoOverlay() throws VarveException {
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of()));
        Path own = place(1).directory().resolve("fs");
        assertThat(driver.root(place(1), ParentChain.ofNearestFirst(List.of()), Access.READ_WRITE))
                .isEqualTo(new RootPlan.Directory(own));
        assertThat(driver.root(place(1), ParentChain.ofNearestFirst(List.of()), Access.READ_ONLY))
                .isEqualTo(new RootPlan.Mounted(new MountPlan(place(1).directory().resolve("merged"),
                        List.of(new MountStep.Bind(own, Set.of(MountFlag.READ_ONLY))), new MountProof.Bound(true))));
    }

    @Test
    void ownDeltaIsTheUpperOfAWritableRootAndTheNearestLowerOfAReadOnlyOne() throws VarveException {
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of("mount_api", "legacy")));
        assertThat(plan(driver, 2, Access.READ_WRITE)).satisfies(plan -> {
            assertThat(plan.target()).isEqualTo(place(3).directory().resolve("merged"));
            assertThat(plan.proof()).isEqualTo(
                    new MountProof.Overlay(List.of("2/fs", "1/fs"), Optional.of(place(3).directory().resolve("fs"))));
        });
        assertThat(plan(driver, 2, Access.READ_ONLY).proof())
                .isEqualTo(new MountProof.Overlay(List.of("3/fs", "2/fs", "1/fs"), Optional.empty()));
    }

    @Test
    void longestChainIsTheOneThatTheKernelTakes() throws VarveException {
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of("mount_api", "legacy")));
        int max = OverlayDriver.MAX_LOWERS;
        assertThat(plan(driver, max, Access.READ_WRITE)).isNotNull();
        assertThat(plan(driver, max - 1, Access.READ_ONLY)).isNotNull();
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> plan(driver, max + 1, Access.READ_WRITE));
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> plan(driver, max, Access.READ_ONLY));
    }

    @Test
    void statusTellsWhatWasFoundOutAndHow() throws VarveException {
        FakeHost host = kernel("6.8").inUserNamespace();
        List<Finding> findings = provider.open(host.context(Map.of("mountopt", "nodev"))).status();
        assertThat(findings).contains(new Finding("mount_api", "string", "the best of Linux 6.8.0"),
                new Finding("xattr_namespace", "user.overlay.*", "written down in " + HOME.resolve("xattrs")),
                new Finding("whiteouts", "character device 0:0", "tried in the store"),
                new Finding("mount_options", "userxattr,index=off", "asked for: overlay.mountopt=nodev"),
                new Finding("xattr_trusted", "no",
                        "an attribute trusted.* set on a directory of the store: setXattr: EPERM (operation not permitted)"),
                new Finding("xattr_user", "yes", "an attribute user.* set on a directory of the store"),
                new Finding("index", "no", "a mount with it makes its directory: mounted, but this did not happen"),
                new Finding("redirect_dir", "no", "overlayfs does not do it with userxattr"),
                new Finding("overlay", "yes", "a mount of two empty layers"),
                new Finding("max_lowers", "500", "the limit in the kernel's source (OVL_MAX_STACK); not tried"));
        assertThat(findings).extracting(Finding::name).doesNotHaveDuplicates();
        assertNothingIsLeft(host);
    }

    @Test
    void statusTellsWhatTheKernelSaidWhereAMountIsRefused() throws VarveException {
        FakeHost host = kernel("6.13");
        LayerDriver driver = provider.open(host.context(Map.of()));
        host.memory().refuse(call -> call.equals("mount"), Errno.EINVAL);
        List<Finding> findings = driver.status();
        host.memory().clearFaults();
        assertThat(findings).filteredOn(f -> f.name().equals("data_only_lowers"))
                .singleElement()
                .satisfies(f -> assertThat(f.value()).isEqualTo("no"))
                .satisfies(f -> assertThat(f.how()).contains("EINVAL"));
        assertNothingIsLeft(host);
    }

    @Test
    void openingIsGivenUpAtNoPointAndLeavesNothing() throws VarveException {
        FakeHost host = kernel("6.13");
        host.memory().clearFaults();
        provider.open(host.context(Map.of()));
        long calls = host.memory().calls();
        for (long k = 1; k <= calls; k++) {
            host.memory().makeDirectories(HOME.resolve("probe-1-1ef7/0/m"));
            host.memory().failAt(k, Errno.EIO);
            try {
                provider.open(host.context(Map.of()));
            } catch (SyscallFailedException e) {
                assertThat(e.errno()).as("call %d", k).isEqualTo(Errno.EIO);
            }
            host.memory().clearFaults();
            assertThat(host.memory().openHandles()).as("call %d", k).isZero();
            provider.open(host.context(Map.of()));
            assertNothingIsLeft(host);
        }
    }

    @Test
    void whatAProbeIsWorkingInIsNotSwept() throws VarveException {
        FakeHost host = kernel("6.13");
        try (ProbeArea _ = ProbeArea.in(host.context(Map.of()))) {
            FakeHost other = new FakeHost(host.memory().anotherProcess(), host.host(), host.fileSystem());
            provider.open(other.context(Map.of()));
            assertThat(names(host, HOME)).hasSize(2).contains(NamespaceRecord.NAME);
        }
        assertNothingIsLeft(host);
    }

    @Test
    void openingWithoutOptionsMountsNothing() throws VarveException {
        FakeHost host = kernel("6.13");
        provider.open(host.context(Map.of()));
        assertThat(host.memory().mounts().plans()).isEmpty();
        assertNothingIsLeft(host);
    }

    @Test
    void whatTheKernelRefusesIsRefusedAtOpeningWithItsWord() throws VarveException {
        FakeHost host = kernel("6.13");
        host.memory().refuse(call -> call.equals("mount"), Errno.EINVAL);
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> provider.open(host.context(Map.of("mount_label", "u:r:t:s0:c1,c2"))))
                .withMessageContaining("prerequisites of overlay.mount_label=u:r:t:s0:c1,c2 are not met")
                .withMessageContaining("EINVAL");
        host.memory().clearFaults();
        assertNothingIsLeft(host);
    }

    @Test
    void whatTheKernelMountsWithoutDoingItIsRefused() throws VarveException {
        FakeHost host = kernel("6.13"); // its mounts change nothing
        for (Map<String, String> options : List.of(Map.of("index", "on"), Map.of("volatile", "on"))) {
            assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> provider.open(host.context(options)))
                    .withMessageContaining("does not do it here");
        }
        assertNothingIsLeft(host);
    }

    @Test
    void optionsThatUserXattrForbidsAreRefused() throws VarveException {
        FakeHost host = kernel("6.13").inUserNamespace();
        for (Map<String, String> options : List.of(Map.of("metacopy", "on"), Map.of("redirect_dir", "on"),
                Map.of("redirect_dir", "follow"))) {
            String option = options.keySet().iterator().next();
            assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> provider.open(host.context(options)))
                    .withMessageContaining("overlay." + option)
                    .withMessageContaining("userxattr");
            assertThat(provider.probe(host.context(options))).isInstanceOf(Support.NotSupported.class);
        }
    }

    @Test
    void baseLayerIsBoundWhereAttributesOfMountsAreAskedFor() throws VarveException {
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of("mountopt", "nodev,noexec")));
        assertThat(driver.root(place(1), ParentChain.ofNearestFirst(List.of()), Access.READ_WRITE))
                .isEqualTo(new RootPlan.Mounted(new MountPlan(place(1).directory().resolve("merged"),
                        List.of(new MountStep.Bind(place(1).directory().resolve("fs"),
                                Set.of(MountFlag.NO_DEVICES, MountFlag.NO_EXEC))),
                        new MountProof.Bound(false, false, Set.of("nodev", "noexec")))));
    }

    @Test
    void ownersAreMappedForUsersAndNotForInspection() throws VarveException {
        OverlayOptions options = OverlayOptions.parse(Map.of("uidmap", "0:100000:65536"));
        FakeHost host = kernel("6.13");
        LayerDriver driver = new OverlayDriver(host.context(Map.of()), facts(host), options);
        LayerDriver plain = new OverlayDriver(host.context(Map.of()), facts(host), OverlayOptions.parse(Map.of()));
        ParentChain<LayerPlace> below = ParentChain.ofNearestFirst(List.of(place(1)));
        MountPlan seen = ((RootPlan.Mounted) driver.root(place(2), below, Access.READ_WRITE)).plan();
        assertThat(seen.steps()).singleElement()
                .extracting(step -> ((MountStep.ContextMount) step).mapped())
                .isEqualTo(options.settings().ids().map(ids -> new MountStep.Mapped(HOME, ids)));
        for (Access access : Access.values()) {
            assertThat(driver.inspection(place(2), below, access)).isEqualTo(plain.root(place(2), below, access));
        }
        ParentChain<LayerPlace> none = ParentChain.ofNearestFirst(List.of());
        assertThat(driver.root(place(1), none, Access.READ_ONLY)).isEqualTo(new RootPlan.Mounted(new MountPlan(
                place(1).directory().resolve("merged"), List.of(new MountStep.Bind(place(1).directory().resolve("fs"),
                        Set.of(MountFlag.READ_ONLY), options.settings().ids())),
                new MountProof.Bound(true, true, Set.of()))));
        assertThat(driver.inspection(place(1), none, Access.READ_WRITE))
                .isEqualTo(new RootPlan.Directory(place(1).directory().resolve("fs")));
    }

    @Test
    void ownersAreNotMappedWhereLayersAreNotGivenByDescriptor() throws VarveException {
        FakeHost host = kernel("6.12");
        Map<String, String> options = Map.of("uidmap", "0:100000:65536");
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> provider.open(host.context(options)))
                .withMessageContaining("overlay.uidmap=0:100000:65536")
                .withMessageContaining("file descriptor");
        assertThat(provider.probe(host.context(options))).isInstanceOf(Support.NotSupported.class);
        assertNothingIsLeft(host);
    }

    @Test
    void strategyDecidesWhatCommittedLayersAre() throws VarveException {
        assertThat(provider.open(kernel("6.13").context(Map.of())).formOf(LayerKind.COMMITTED))
                .isEqualTo(TreeForm.DELTA);
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of("strategy", "hardlink")));
        assertThat(driver.formOf(LayerKind.COMMITTED)).isEqualTo(TreeForm.FULL);
        assertThat(driver.formOf(LayerKind.ACTIVE)).isEqualTo(TreeForm.DELTA);
        assertThat(driver.filling()).isEqualTo(LayerDriver.Filling.HARD_LINK);
        assertThat(driver.status()).contains(new Finding("strategy", "hardlink", "asked for"));
    }

    @Test
    void nothingIsStackedBelowAFullTree() throws VarveException {
        LayerDriver driver = provider.open(kernel("6.13").context(Map.of("mount_api", "legacy")));
        ParentChain<LayerPlace> below = ParentChain.ofNearestFirst(List.of(place(3), full(2), full(1)));
        assertThat(((RootPlan.Mounted) driver.root(place(4), below, Access.READ_WRITE)).plan().proof()).isEqualTo(
                new MountProof.Overlay(List.of("3/fs", "2/fs"), Optional.of(place(4).directory().resolve("fs"))));
        assertThat(((RootPlan.Mounted) driver.root(full(4), below, Access.READ_ONLY)).plan().proof())
                .isEqualTo(new MountProof.Bound(true));
    }

    @Test
    void fullTreeNeedsNoWork() throws VarveException {
        FakeHost host = kernel("6.13");
        LayerPlace place = full(3);
        host.memory().makeDirectories(place.directory());
        LayerDriver driver = provider.open(host.context(Map.of("strategy", "hardlink")));
        assertThat(driver.prepare(place)).isEqualTo(new LayerTree.Full(place.directory().resolve("fs")));
        assertThat(names(host, place.directory())).containsExactlyInAnyOrder(EntryName.of("fs"),
                EntryName.of("merged"));
    }

    private static LayerPlace full(int number) {
        return new LayerPlace(new LayerNumber(number), HOME.resolve(Integer.toString(number)), TreeForm.FULL);
    }

    private static MountPlan plan(LayerDriver driver, int parents, Access access) throws VarveException {
        List<LayerPlace> chain = IntStream.iterate(parents, i -> i > 0, i -> i - 1)
                .mapToObj(OverlayDriverTest::place)
                .toList();
        return ((RootPlan.Mounted) driver.root(place(parents + 1), ParentChain.ofNearestFirst(chain), access)).plan();
    }

    private static LayerPlace place(int number) {
        return new LayerPlace(new LayerNumber(number), HOME.resolve(Integer.toString(number)), TreeForm.DELTA);
    }

    private static FakeHost kernel(String version) throws VarveException {
        String[] parts = version.split("\\.");
        return FakeHost.kernel(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    private static OverlayFacts facts(FakeHost host) throws VarveException {
        return OverlayFacts.find(host.context(Map.of()), OverlayOptions.parse(Map.of()));
    }

    private static void assertNothingIsLeft(FakeHost host) throws VarveException {
        assertThat(names(host, HOME)).isSubsetOf(NamespaceRecord.NAME);
        assertThat(host.memory().openHandles()).isZero();
        assertThat(host.mounts().table()).noneMatch(m -> m.type().equals("overlay"));
    }

    private static List<EntryName> names(FakeHost host, Path path) throws VarveException {
        try (Directory directory = host.memory().directory(path)) {
            return directory.list();
        }
    }
}
