package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.in.Images.Commit;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/** Layers mounted volatile: the kernel makes no second mount until somebody answers for what was written. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayVolatileIT extends OverlayStoreTest {
    private static final byte[] BASE = new TarBuilder().file("f", "f").build();

    private Path mark() {
        return layer(2).resolve("work/work/incompat");
    }

    private static void create(Varve varve) throws IOException {
        apply(varve, "base", "", BASE);
        create(varve, "c", "base");
    }

    @Test
    void isMarkedWhileMountedAndSyncedWhenReleased() throws IOException {
        try (Varve varve = open("volatile=true")) {
            create(varve);
            try (Lease lease = varve.layers().acquire(id("c"))) {
                assertThat(mount(lease.path()).superOptions()).containsAnyOf("volatile", "fsync=volatile");
                assertThat(mark().resolve("volatile")).isDirectory();
                Files.writeString(lease.path().resolve("new"), "new");
                assertThat(lines(changes(varve, "c"))).as("while it is mounted").containsExactly("A /new");
            }
            assertThat(mark()).doesNotExist();
            in(varve, "c", root -> assertThat(root.resolve("new")).hasContent("new"));
            assertThat(lines(changes(varve, "c"))).containsExactly("A /new");
            create(varve, "top", "c");
            in(varve, "top", root -> assertThat(root.resolve("new")).hasContent("new"));
        }
        try (Varve varve = open()) {
            in(varve, "top",
                    root -> assertThat(mount(root).superOptions()).doesNotContain("volatile", "fsync=volatile"));
        }
    }

    @Test
    void noImageIsMadeOfALayerOfWhichNobodyKnowsWhetherItIsComplete() throws IOException {
        Path image = new OciLayout(store().resolveSibling("image")).add(BASE).finish("base");
        try (Varve varve = open("volatile=on")) {
            varve.layers().create(id("c"), Optional.of(varve.images().load(image).top()), Map.of());
            in(varve, "c", root -> Files.writeString(root.resolve("new"), "new"));
            Files.createDirectories(mark().resolve("volatile/dirty"));
            assertThatExceptionOfType(WrongStateException.class)
                    .isThrownBy(() -> varve.images().commit(id("c"), "made", Commit.PLAIN))
                    .withMessageContaining("may be incomplete");
            assertThat(mark().resolve("volatile/dirty")).isDirectory();
        }
    }

    @Test
    void aMountThatWentWithItsProcessIsMadeAgainInTheSameBoot() throws IOException {
        try (Varve varve = open("volatile=on")) {
            create(varve);
            Lease lost = varve.layers().acquire(id("c"));
            Files.writeString(lost.path().resolve("new"), "new");
            lost.detach();
        }
        Command.of("umount", layer(2).resolve("merged").toString()).succeeds();
        assertThat(mark().resolve("volatile")).isDirectory();
        try (Varve varve = open("volatile=on")) {
            assertThat(lines(changes(varve, "c"))).containsExactly("A /new");
            in(varve, "c", root -> assertThat(root.resolve("new")).hasContent("new"));
            assertThat(varve.layers().release(id("c"))).isZero();
        }
        assertThat(mark()).doesNotExist();
    }

    @Test
    void aReleaseThatWasCutShortAfterTheUnmountIsFinished() throws IOException {
        try (Varve varve = open("volatile=on")) {
            create(varve);
            Lease lease = varve.layers().acquire(id("c"));
            Files.writeString(lease.path().resolve("new"), "new");
            Command.of("umount", lease.path().toString()).succeeds();
            lease.close();
            assertThat(mark()).doesNotExist();
            in(varve, "c", root -> assertThat(root.resolve("new")).hasContent("new"));
        }
    }

    @Test
    void aLayerOfWhichNobodyKnowsWhetherItIsCompleteIsRefused() throws IOException {
        try (Varve varve = open("volatile=on")) {
            create(varve);
            in(varve, "c", root -> Files.writeString(root.resolve("new"), "new"));
            // as a power loss leaves it: the mark, and no lease of this boot
            Files.createDirectories(mark().resolve("volatile/dirty"));
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> varve.layers().acquire(id("c")))
                    .withMessageContaining("may be incomplete")
                    .withMessageContaining("mounted volatile")
                    .satisfies(e -> assertThat(e.hint()).get().asString().contains("rm -r " + mark()));
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> create(varve, "top", "c"));
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> changes(varve, "c"));
            assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> diff(varve, "c"));
            assertThatExceptionOfType(WrongStateException.class)
                    .isThrownBy(() -> varve.layers().changes(id("base"), Optional.of(id("c")), Comparison.METADATA));
        }
        try (Varve varve = open()) {
            assertThatExceptionOfType(WrongStateException.class).as("without the option too")
                    .isThrownBy(() -> varve.layers().acquire(id("c")));
            Command.of("rm", "-r", mark().toString()).succeeds();
            in(varve, "c", root -> assertThat(root.resolve("new")).as("as the hint says").hasContent("new"));
            Files.createDirectories(mark().resolve("volatile/dirty"));
            varve.layers().remove(id("c"));
            assertThat(layer(2)).doesNotExist();
        }
    }
}
