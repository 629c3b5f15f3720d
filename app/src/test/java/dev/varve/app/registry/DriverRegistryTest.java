package dev.varve.app.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

class DriverRegistryTest {
    /** Another class, as another module would bring it. */
    static final class Impostor implements LayerDriverProvider {
        @Override
        public String name() {
            return "overlay";
        }

        @Override
        public Support probe(DriverContext context) {
            return new Support.Yes("");
        }

        @Override
        public LayerDriver open(DriverContext context) {
            throw new AssertionError("not to be opened");
        }
    }

    @Test
    void twoDriversOfOneNameAreRefusedAndBothNamed() {
        assertThatExceptionOfType(DriverSetupException.class)
                .isThrownBy(() -> DriverRegistry.of(List.of(FakeDriver.working("overlay"), new Impostor())))
                .withMessageContaining("two drivers have the name overlay")
                .withMessageContaining(FakeDriver.class.getName())
                .withMessageContaining(Impostor.class.getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", "Overlay", "-x", "a.b", "ü"})
    void aNameThatCannotBeADirectoryOrAPrefixIsRefused(String name) {
        assertThatExceptionOfType(DriverSetupException.class)
                .isThrownBy(() -> DriverRegistry.of(List.of(FakeDriver.working(name))))
                .withMessageContaining(FakeDriver.class.getName());
    }

    @Test
    void anUnknownNameIsRefusedAndTheKnownOnesAreListed() throws VarveException {
        DriverRegistry registry = registry("vfs", "overlay");
        assertThatExceptionOfType(NoSuchDriverException.class).isThrownBy(() -> registry.require("btrfs"))
                .withMessage("no such driver: btrfs")
                .satisfies(e -> assertThat(e.hint()).contains("the drivers are overlay, vfs"));
        assertThat(registry.require("vfs").name()).isEqualTo("vfs");
    }

    @Test
    void theOrderComesFirstAndTheOthersFollowByNameWhateverTheyWereFoundIn() throws DriverSetupException {
        assertThat(registry("d", "c", "b", "a").inOrder(List.of("c", "none", "b", "c")))
                .extracting(LayerDriverProvider::name)
                .containsExactly("c", "b", "a", "d");
        assertThat(registry("a", "b", "c", "d").inOrder(List.of("c", "b"))).extracting(LayerDriverProvider::name)
                .containsExactly("c", "b", "a", "d");
    }

    @Test
    void theStandardOrderIsDataWithRemarks() {
        assertThat(DriverOrder.parse(new BufferedReader(new StringReader("# all\n\n b # best\na\n"))))
                .containsExactly("b", "a");
        assertThat(DriverOrder.standard()).containsExactly("overlay", "vfs");
    }

    @Test
    void eachDriverIsGivenItsOwnOptions() throws Exception {
        DriverOptions options = DriverOptions.of(Map.of("a.k", "1", "a.b.c", "2", "ab.k", "3"), registry("a", "ab"));
        assertThat(options.of("a")).isEqualTo(Map.of("k", "1", "b.c", "2"));
        assertThat(options.of("ab")).isEqualTo(Map.of("k", "3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.k", "k", ".k", "ab.k"})
    void anOptionOfNoDriverIsRefused(String key) {
        assertThatExceptionOfType(InvalidOptionException.class)
                .isThrownBy(() -> DriverOptions.of(Map.of(key, ""), registry("a")))
                .withMessage("no driver has the option " + key)
                .satisfies(e -> assertThat(e.hint()).hasValueSatisfying(h -> assertThat(h).contains("drivers are a")));
    }

    private static DriverRegistry registry(String... names) throws DriverSetupException {
        return DriverRegistry.of(List.of(names).stream().map(FakeDriver::working).toList());
    }
}
