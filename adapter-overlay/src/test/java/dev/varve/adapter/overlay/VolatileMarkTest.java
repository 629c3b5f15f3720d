package dev.varve.adapter.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** The mark as Linux 6.18 makes it: work/work/incompat/volatile/dirty. */
class VolatileMarkTest {
    private static final Path WORK = Path.of("/layer/work");
    private final MemorySyscalls host = MemorySyscalls.create();
    private final VolatileMark mark = new VolatileMark(host, WORK);

    @BeforeEach
    void mountedOnce() throws VarveException {
        host.makeDirectories(WORK.resolve("work/incompat/volatile"));
        host.writeFile(WORK.resolve("work/incompat/volatile/dirty"), new byte[0]);
    }

    private boolean isMarked() throws VarveException {
        try (Directory inner = host.directory(WORK.resolve("work"))) {
            return inner.find(EntryName.of("incompat")).isPresent();
        }
    }

    @Test
    void isTakenAwayAfterASyncWhereTheSystemDidNotGoDown() throws VarveException {
        host.clearFaults();
        mark.settle(true);
        assertThat(isMarked()).isFalse();
        assertThat(host.log()).filteredOn(c -> c.startsWith("syncFileSystem") || c.startsWith("remove("))
                .first()
                .asString()
                .startsWith("syncFileSystem");
        mark.settle(false);
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void staysWhenWhatWasWrittenIsFlushed() throws VarveException {
        host.clearFaults();
        mark.flush();
        assertThat(isMarked()).isTrue();
        assertThat(host.log()).filteredOn(c -> c.startsWith("syncFileSystem")).hasSize(1);
        assertThat(mark.isThere()).isTrue();
        mark.settle(true);
        assertThat(mark.isThere()).isFalse();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void aFlushThatFailsIsNotForgotten() throws VarveException {
        host.refuse(call -> call.equals("syncFileSystem"), Errno.EIO);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(mark::flush);
        host.clearFaults();
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> mark.settle(true))
                .withMessageContaining("writing it to the disk failed");
    }

    @Test
    void refusesTheLayerAfterTheSystemWentDown() throws VarveException {
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> mark.settle(false))
                .withMessageContaining("/layer may be incomplete")
                .withMessageContaining("the system went down")
                .satisfies(e -> assertThat(e.hint()).get().asString().contains("rm -r /layer/work/work/incompat"));
        assertThat(isMarked()).isTrue();
        assertThat(host.openHandles()).isZero();
    }

    @Test
    void refusesTheLayerForGoodAfterASyncThatFailed() throws VarveException {
        host.refuse(call -> call.equals("syncFileSystem"), Errno.EIO);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> mark.settle(true));
        host.clearFaults();
        assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> mark.settle(true))
                .withMessageContaining("writing it to the disk failed");
        assertThat(isMarked()).isTrue();
    }

    @Test
    void anyFailureOnTheWayLeavesItOrLeavesNothingToDo() throws VarveException {
        int points = 0;
        for (long k = 1;; k++) {
            mountedAgain();
            host.failAt(k, Errno.EIO);
            try {
                mark.settle(true);
                host.clearFaults();
                break;
            } catch (SyscallFailedException e) {
                points++;
            }
            host.clearFaults();
            assertThat(host.openHandles()).isZero();
        }
        assertThat(points).isGreaterThan(5);
        assertThat(isMarked()).isFalse();
    }

    private void mountedAgain() throws VarveException {
        try (Directory work = host.directory(WORK)) {
            ProbeArea.remove(work, EntryName.of("work"));
        }
        mountedOnce();
    }
}
