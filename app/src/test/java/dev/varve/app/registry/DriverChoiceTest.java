package dev.varve.app.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.varve.app.DriverReason;
import dev.varve.domain.error.DriverNotSupportedException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.IncompatibleFileSystemException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoUsableDriverException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

class DriverChoiceTest {
    private static final FakeDriver ABSENT = new FakeDriver("absent", new Support.NotSupported("no such module"));
    private static final FakeDriver BARRED = new FakeDriver("barred", new Support.PrerequisitesNotMet("not root"));
    private static final FakeDriver MISPLACED = new FakeDriver("misplaced",
            new Support.IncompatibleBackingFileSystem("it is nfs"));
    private static final FakeDriver GOOD = FakeDriver.working("good");
    private static final FakeDriver ZEALOUS = FakeDriver.working("zealous");
    private static final List<FakeDriver> ALL = List.of(ZEALOUS, MISPLACED, GOOD, BARRED, ABSENT);

    /** A store with layers of these drivers, which remembers who was asked. */
    private record FakeSite(Set<String> priorDrivers, List<String> asked) implements DriverSite {
        FakeSite(String... prior) {
            this(new TreeSet<>(List.of(prior)), new ArrayList<>());
        }

        @Override
        public String name() {
            return "/store";
        }

        @Override
        public Support probe(LayerDriverProvider provider) throws VarveException {
            asked.add(provider.name());
            return provider.probe(new DriverContext(java.nio.file.Path.of("/"),
                    dev.varve.testkit.fake.MemorySyscalls.create(), java.util.Map.of()));
        }
    }

    private static DriverChoice choose(FakeSite site, DriverWishes wishes) throws VarveException {
        return DriverChoice.of(DriverRegistry.of(ALL), wishes, site);
    }

    /** An empty text is no name. */
    private static DriverWishes wishes(String named, String byEnvironment, String byDefault, String... order) {
        return new DriverWishes(Optional.of(named), Optional.of(byEnvironment), Optional.of(byDefault), List.of(order));
    }

    private static void assertChosen(DriverChoice choice, FakeDriver driver, DriverReason reason) {
        assertThat(choice).isEqualTo(new DriverChoice(driver, reason));
    }

    @Test
    void theDriverThatTheCallerNamesComesBeforeAllElse() throws VarveException {
        assertChosen(choose(new FakeSite("zealous"), wishes("good", "zealous", "zealous", "zealous")), GOOD,
                DriverReason.NAMED);
    }

    @Test
    void theDriverThatTheEnvironmentNamesComesBeforeTheDefault() throws VarveException {
        assertChosen(choose(new FakeSite("zealous"), wishes("", "good", "zealous", "zealous")), GOOD,
                DriverReason.ENVIRONMENT);
    }

    @Test
    void theDefaultDriverComesBeforeWhatTheStoreHolds() throws VarveException {
        assertChosen(choose(new FakeSite("zealous"), wishes("", "", "good", "zealous")), GOOD, DriverReason.DEFAULT);
    }

    @Test
    void theDriverWhoseLayersAreThereComesBeforeTheOrder() throws VarveException {
        assertChosen(choose(new FakeSite("good"), wishes("", "", "", "zealous")), GOOD, DriverReason.PRIOR_STATE);
    }

    @Test
    void theFirstInOrderThatWorksIsChosen() throws VarveException {
        FakeSite site = new FakeSite();
        assertChosen(choose(site, wishes("", "", "", "absent", "barred", "zealous", "good")), ZEALOUS,
                DriverReason.ORDER);
        assertThat(site.asked()).containsExactly("absent", "barred", "zealous");
    }

    @Test
    void whereNoneOfTheOrderWorksTheOthersAreTriedByName() throws VarveException {
        FakeSite site = new FakeSite();
        assertChosen(choose(site, wishes("", "", "", "misplaced")), GOOD, DriverReason.ORDER);
        assertThat(site.asked()).containsExactly("misplaced", "absent", "barred", "good");
    }

    @Test
    void layersOfSeveralDriversAreAnErrorThatNamesThem() throws VarveException {
        FakeSite site = new FakeSite("good", "zealous");
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> choose(site, wishes("", "", "", "good")))
                .withMessage("the store /store holds layers of several drivers: good, zealous");
        assertThat(site.asked()).isEmpty();
        assertChosen(choose(site, wishes("", "zealous", "")), ZEALOUS, DriverReason.ENVIRONMENT);
    }

    @Test
    void layersOfADriverThatIsNotThereAreAnErrorThatNamesIt() {
        assertThatExceptionOfType(NoSuchDriverException.class)
                .isThrownBy(() -> choose(new FakeSite("btrfs"), wishes("", "", "", "good")))
                .withMessageContaining("layers of the driver btrfs");
    }

    @Test
    void aDriverWhoseLayersAreThereNeedNotWorkForANewStore() throws VarveException {
        assertChosen(choose(new FakeSite("barred"), wishes("", "", "")), BARRED, DriverReason.PRIOR_STATE);
        assertChosen(choose(new FakeSite("barred"), wishes("barred", "", "")), BARRED, DriverReason.NAMED);
    }

    @ParameterizedTest
    @MethodSource("namings")
    void aNameThatIsUnknownIsRefusedAndNothingElseTaken(DriverWishes wishes) {
        assertThatExceptionOfType(NoSuchDriverException.class).isThrownBy(() -> choose(new FakeSite(), wishes))
                .withMessage("no such driver: btrfs");
    }

    static List<DriverWishes> namings() {
        return List.of(wishes("btrfs", "good", "good", "good"), wishes("", "btrfs", "good", "good"),
                wishes("", "", "btrfs", "good"));
    }

    static List<Arguments> refusals() {
        return List.of(
                Arguments.of(ABSENT, DriverNotSupportedException.class,
                        "the absent driver is not supported here: no such module"),
                Arguments.of(BARRED, DriverPrerequisitesException.class,
                        "prerequisites of the barred driver are not met: not root"),
                Arguments.of(MISPLACED, IncompatibleFileSystemException.class,
                        "the misplaced driver cannot use the file system of the store: it is nfs"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void theThreeKindsOfNoAreToldApart(FakeDriver driver, Class<?> type, String message) {
        assertThatThrownBy(() -> choose(new FakeSite(), wishes(driver.name(), "", ""))).isExactlyInstanceOf(type)
                .hasMessage(message);
        assertThatThrownBy(() -> choose(new FakeSite(), wishes("", driver.name(), ""))).isExactlyInstanceOf(type);
        assertThatThrownBy(() -> choose(new FakeSite(), wishes("", "", driver.name()))).isExactlyInstanceOf(type);
    }

    @Test
    void whereNoneWorksEachIsListedWithItsReason() throws DriverSetupException {
        DriverRegistry registry = DriverRegistry.of(List.of(MISPLACED, BARRED, ABSENT));
        assertThatExceptionOfType(NoUsableDriverException.class)
                .isThrownBy(() -> DriverChoice.of(registry, wishes("", "", "", "barred"), new FakeSite()))
                .withMessage("no driver works in /store: prerequisites of the barred driver are not met: not root;"
                        + " the absent driver is not supported here: no such module;"
                        + " the misplaced driver cannot use the file system of the store: it is nfs");
        DriverRegistry empty = DriverRegistry.of(List.of());
        assertThatExceptionOfType(NoUsableDriverException.class)
                .isThrownBy(() -> DriverChoice.of(empty, wishes("", "", ""), new FakeSite()))
                .withMessageContaining("none is on the module path");
    }

    @Test
    void aProbeThatFailsOtherwiseEndsTheChoice() throws DriverSetupException {
        SyscallFailedException failure = new SyscallFailedException("mkdirat(\"x\")", Errno.EIO);
        DriverSite broken = new DriverSite() {
            @Override
            public String name() {
                return "/store";
            }

            @Override
            public Support probe(LayerDriverProvider provider) throws VarveException {
                throw failure;
            }

            @Override
            public Set<String> priorDrivers() {
                return Set.of();
            }
        };
        DriverRegistry registry = DriverRegistry.of(ALL);
        assertThatThrownBy(() -> DriverChoice.of(registry, wishes("", "", "", "good"), broken)).isSameAs(failure);
    }
}
