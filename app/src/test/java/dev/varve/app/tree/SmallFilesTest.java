package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/** Layers with so many files that a second thread writes some of them. */
class SmallFilesTest {
    private static final int FILES = 700;
    private static final byte[] NOTHING = new TarBuilder().build();

    private static String content(int i) {
        return switch (i % 7) {
            case 0 -> "";
            case 1 -> "x".repeat(SmallFiles.LARGEST - 2 + i % 5);
            default -> "content of " + i + " ".repeat(i);
        };
    }

    private static TarBuilder files(int from, int to, Map<String, String> expected) {
        TarBuilder tar = new TarBuilder();
        for (int i = from; i < to; i++) {
            tar.file("f" + i, content(i));
            expected.put("f" + i, content(i));
        }
        return tar;
    }

    private static void assertTheThreadEnds() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("varve-small-files")) {
                assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            }
        }
    }

    @Test
    void eachFileHasItsContent() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        byte[] archive = files(0, FILES, expected).build();
        MemorySyscalls host = MemorySyscalls.create();
        DeltaFixture layers = new DeltaFixture(host, NOTHING);
        assertThat(layers.full(archive)).isEqualTo(expected);
        assertThat(layers.counted()).hasValueSatisfying(usage -> {
            assertThat(usage.inodes()).isEqualTo(FILES + 1);
            assertThat(usage.size()).isEqualTo(expected.values().stream().mapToLong(String::length).sum());
        });
        assertThat(host.openHandles()).isZero();
        assertTheThreadEnds();
    }

    @Test
    void whatTakesThePlaceOfAFileThatIsStillToBeWrittenStays() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        TarBuilder tar = files(0, FILES, expected);
        tar.file("f" + (FILES - 1), "again").directory("f" + (FILES - 2) + "/").symlink("f" + (FILES - 3), "f0");
        tar.hardLink("f" + (FILES - 4), "f" + (FILES - 5));
        expected.put("f" + (FILES - 1), "again");
        expected.put("f" + (FILES - 2), "dir 755");
        expected.put("f" + (FILES - 3), "-> f0");
        expected.put("f" + (FILES - 4), content(FILES - 5));
        assertThat(new DeltaFixture(MemorySyscalls.create(), NOTHING).full(tar.build())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"writeAt", "setModified", "stat"})
    void aFailureOfTheSecondThreadIsTheFailureOfTheLayer(String call) throws Exception {
        byte[] archive = files(0, FILES, new TreeMap<>()).build();
        MemorySyscalls host = MemorySyscalls.create();
        DeltaFixture layers = new DeltaFixture(host, NOTHING);
        host.refuse(name -> name.equals(call) && Thread.currentThread().getName().equals("varve-small-files"),
                Errno.ENOSPC);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(() -> layers.full(archive))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
        host.clearFaults();
        assertThat(host.openHandles()).isZero();
        assertTheThreadEnds();
    }

    @Test
    void anArchiveThatEndsEarlyLeavesNothingOpen() throws IOException {
        byte[] archive = files(0, FILES, new TreeMap<>()).build();
        MemorySyscalls host = MemorySyscalls.create();
        DeltaFixture layers = new DeltaFixture(host, NOTHING);
        assertThatExceptionOfType(BadDataException.class)
                .isThrownBy(() -> layers.full(java.util.Arrays.copyOf(archive, archive.length * 2 / 3)));
        assertThat(host.openHandles()).isZero();
    }
}
