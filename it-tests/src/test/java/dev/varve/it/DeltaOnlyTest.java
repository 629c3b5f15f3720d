package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.varve.adapter.overlay.OverlayDriverProvider;
import dev.varve.adapter.vfs.VfsDriverProvider;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Changes;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.contract.StoreUnderTest;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/**
 * What changed is read from the delta alone: however much lies below, the kernel is asked no more, and no directory of a
 * lower layer is listed. A driver with full trees has to read them, which shows that the calls are seen here.
 */
class DeltaOnlyTest {
    private static final Path STORE = Path.of("/store");
    private static final int FEW = 3;
    private static final int MANY = 400;
    private static final byte[] UPPER = new TarBuilder().file("d/0/0", "changed")
            .whiteout("d/0/", "1")
            .whiteout("d/", "1")
            .directory("new/")
            .file("new/in", "n")
            .build();
    private static final List<String> CHANGES = List.of("C /d", "C /d/0", "C /d/0/0", "D /d/0/1", "D /d/1", "A /new",
            "A /new/in");

    /** What was asked of the kernel. */
    private record Asked(long calls, List<String> lists) {}

    private interface Question {
        void ask(LayerStore layers) throws VarveException;
    }

    @Test
    void changesDoNotReadWhatLiesBelow() throws VarveException {
        Question changes = layers -> {
            Changes told = layers.changes(new LayerId("upper"), Optional.empty(), Comparison.METADATA);
            assertThat(told.method().fromDelta()).isTrue();
            assertThat(told.list()).extracting(Object::toString).isEqualTo(CHANGES);
        };
        Asked few = asked(new OverlayDriverProvider(), FEW, changes);
        Asked many = asked(new OverlayDriverProvider(), MANY, changes);
        assertThat(few.lists()).as("the directories of the delta are listed").isNotEmpty();
        assertThat(many.calls()).isEqualTo(few.calls());
        assertThat(many.lists()).isEqualTo(few.lists());
    }

    @Test
    void aDiffDoesNotReadWhatLiesBelow() throws VarveException {
        Question diff = layers -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            LayerBlob.Written written = layers.diff(new LayerId("upper"), Optional.empty(), Comparison.METADATA)
                    .writeTo(out, Compression.NONE);
            assertThat(written.method().fromDelta()).isTrue();
            assertThat(written.method().reason()).doesNotContain("applied from");
            assertThat(written.entries()).isEqualTo(CHANGES.size());
        };
        assertThat(asked(new OverlayDriverProvider(), MANY, diff).calls())
                .isEqualTo(asked(new OverlayDriverProvider(), FEW, diff).calls());
    }

    @Test
    void fullTreesAreReadAndThatIsSeenHere() throws VarveException {
        Question changes = layers -> {
            Changes told = layers.changes(new LayerId("upper"), Optional.empty(), Comparison.METADATA);
            assertThat(told.method().fromDelta()).isFalse();
            assertThat(told.list()).extracting(Object::toString).containsAll(CHANGES);
        };
        Asked few = asked(new VfsDriverProvider(), FEW, changes);
        Asked many = asked(new VfsDriverProvider(), MANY, changes);
        assertThat(many.calls()).isGreaterThan(few.calls() + 2L * (MANY - FEW) * FEW);
    }

    /** @param below directories in the lower layer, with a few files each */
    private static Asked asked(LayerDriverProvider driver, int below, Question question) throws VarveException {
        MemorySyscalls kernel = MemorySyscalls.create();
        MemorySyscalls process = kernel.anotherProcess();
        kernel.makeDirectories(STORE.resolve(driver.name()));
        MemoryHost host = new MemoryHost(driver, kernel);
        try (StoreUnderTest store = host.open(STORE, process)) {
            apply(store, "base", Optional.empty(), base(below));
            apply(store, "upper", Optional.of(new LayerId("base")), UPPER);
            // So that the difference has to be found.
            try (Directory layer = kernel.directory(STORE.resolve(driver.name()).resolve("layers/2"))) {
                layer.remove(EntryName.of("framing"));
            }
            process.clearFaults(); // and what was asked so far
            question.ask(store.layers());
            return new Asked(process.calls(), process.log().stream().filter(c -> c.startsWith("list(")).toList());
        }
    }

    private static byte[] base(int directories) {
        TarBuilder base = new TarBuilder().directory("d/");
        for (int d = 0; d < directories; d++) {
            base.directory("d/" + d + "/");
            for (int f = 0; f < FEW; f++) {
                base.file("d/" + d + "/" + f, "x");
            }
        }
        return base.build();
    }

    private static void apply(StoreUnderTest store, String id, Optional<LayerId> parent, byte[] archive)
            throws VarveException {
        store.layers().apply(new LayerId(id), parent, new ByteArrayInputStream(archive), Expected.ANYTHING);
    }
}
