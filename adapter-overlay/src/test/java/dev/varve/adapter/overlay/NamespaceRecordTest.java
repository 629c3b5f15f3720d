package dev.varve.adapter.overlay;

import static dev.varve.adapter.overlay.FakeHost.HOME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.whiteout.WhiteoutFormat.XattrNamespace;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.testkit.fake.MemorySyscalls;

class NamespaceRecordTest {
    private static final Path RECORD = HOME.resolve("xattrs");
    private final LayerDriverProvider provider = new OverlayDriverProvider();

    @Test
    void firstOpeningDecides() throws VarveException {
        FakeHost host = FakeHost.kernel(6, 13);
        open(host);
        assertThat(content(host)).isEqualTo("trusted\n");
        open(host);
        FakeHost inside = FakeHost.kernel(6, 13).inUserNamespace();
        open(inside);
        assertThat(content(inside)).isEqualTo("user\n");
        assertThat(host.memory().openHandles()).isZero();
    }

    @Test
    void whatAKilledOneLeftGoesAndWhatIsAnothersStays() throws VarveException {
        FakeHost host = FakeHost.kernel(6, 13);
        MemorySyscalls memory = host.memory();
        Path left = HOME.resolve("probe-7-1f");
        memory.makeDirectories(left.resolve("0/m"));
        memory.writeFile(left.resolve("xattrs"), new byte[0]);
        Path others = HOME.resolve("probe-results");
        memory.makeDirectories(others.resolve("0/m"));
        open(host);
        assertThat(content(host)).isEqualTo("trusted\n");
        assertThatExceptionOfType(VarveException.class).isThrownBy(() -> memory.directory(left));
        memory.directory(others.resolve("0/m")).close();
        assertThat(memory.openHandles()).isZero();
    }

    @Test
    void nothingIsSweptWhereNothingCanBeMade() throws VarveException {
        FakeHost host = FakeHost.kernel(6, 13);
        Path left = HOME.resolve("probe-7-1f/0/m");
        host.memory().makeDirectories(left);
        host.memory().refuse("makeDirectory"::equals, Errno.EACCES);
        try {
            ProbeArea.in(host.context(Map.of())).close();
        } catch (SyscallFailedException e) {
            assertThat(e.errno()).isEqualTo(Errno.EACCES);
        }
        host.memory().clearFaults();
        host.memory().directory(left).close();
        assertThat(host.memory().openHandles()).isZero();
    }

    @Test
    void otherNamespaceIsRefusedEachWayAndNothingIsChanged() throws VarveException {
        FakeHost outside = FakeHost.kernel(6, 13);
        open(outside);
        assertThatExceptionOfType(DriverPrerequisitesException.class).isThrownBy(() -> open(outside.inUserNamespace()))
                .withMessageContaining("trusted.overlay.*")
                .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("outside of user namespaces"));
        assertThat(content(outside)).isEqualTo("trusted\n");
        outside.memory().writeFile(RECORD, "user\n".getBytes(StandardCharsets.US_ASCII));
        assertThatExceptionOfType(DriverPrerequisitesException.class).isThrownBy(() -> open(outside))
                .withMessageContaining("user.overlay.*")
                .satisfies(e -> assertThat(e.hint().orElseThrow()).contains("unshare -Urm"));
    }

    @Test
    void whatIsNoRecordIsRefused() throws VarveException {
        for (String text : List.of("", "trusted", "trusted\nuser\n", "other\n")) {
            FakeHost host = FakeHost.kernel(6, 13);
            host.memory().writeFile(RECORD, text.getBytes(StandardCharsets.US_ASCII));
            assertThatExceptionOfType(BadDataException.class).as(text)
                    .isThrownBy(() -> open(host))
                    .withMessageContaining(RECORD.toString());
        }
    }

    @Test
    void storeThatTakesNothingIsOpenedWithoutARecordButNotAgainstOne() throws VarveException {
        FakeHost host = FakeHost.kernel(6, 13);
        host.memory().setFull(true);
        open(host);
        host.memory().setFull(false);
        assertThatExceptionOfType(VarveException.class).isThrownBy(() -> content(host));
        open(host);
        host.memory().setReadOnly(true);
        assertThatExceptionOfType(DriverPrerequisitesException.class).isThrownBy(() -> open(host.inUserNamespace()));
    }

    @Test
    void recordIsWholeOrNotThereWhereverTheSystemGoesDown() throws VarveException {
        FakeHost counted = FakeHost.kernel(6, 13);
        counted.memory().clearFaults();
        open(counted);
        long calls = counted.memory().calls();
        for (long k = 1; k <= calls; k++) {
            FakeHost host = FakeHost.kernel(6, 13);
            host.memory().failAt(k, Errno.EIO);
            try {
                open(host);
            } catch (VarveException e) {
                assertThat(e).as("call %d", k).hasMessageContaining("EIO");
            }
            FakeHost after = new FakeHost(host.memory().afterPowerLoss(), host.host(), host.fileSystem());
            open(after);
            assertThat(content(after)).as("call %d", k).isEqualTo("trusted\n");
        }
    }

    @Test
    void ofManyThatOpenANewStoreAtOnceAllAgree() throws Exception {
        FakeHost outside = FakeHost.kernel(6, 13);
        List<Callable<XattrNamespace>> openings = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            FakeHost process = new FakeHost(outside.memory().anotherProcess(), outside.host(), outside.fileSystem());
            boolean inside = i % 2 == 0;
            openings.add(() -> {
                try {
                    open(inside ? process.inUserNamespace() : process);
                    return inside ? XattrNamespace.USER : XattrNamespace.TRUSTED;
                } catch (DriverPrerequisitesException e) {
                    return inside ? XattrNamespace.TRUSTED : XattrNamespace.USER;
                }
            });
        }
        XattrNamespace winner = runAll(outside, openings);
        assertThat(content(outside)).isEqualTo(winner == XattrNamespace.USER ? "user\n" : "trusted\n");
    }

    private static XattrNamespace runAll(FakeHost host, List<Callable<XattrNamespace>> openings) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(openings.size())) {
            List<XattrNamespace> said = new ArrayList<>();
            for (Future<XattrNamespace> one : threads.invokeAll(openings)) {
                said.add(one.get());
            }
            XattrNamespace winner = new NamespaceRecord(host.context(Map.of())).read().orElseThrow();
            assertThat(said).containsOnly(winner);
            return winner;
        }
    }

    private void open(FakeHost host) throws VarveException {
        provider.open(host.context(Map.of()));
    }

    private static String content(FakeHost host) throws VarveException {
        return new String(host.memory().readFile(RECORD), StandardCharsets.US_ASCII);
    }
}
