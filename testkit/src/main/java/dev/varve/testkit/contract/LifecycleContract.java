package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerKind;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.RootFiles;
import dev.varve.testkit.tree.TarBuilder;

/** Layers come, are held, and go, whatever the driver. */
public abstract class LifecycleContract extends LayerStoreContract {
    /** For the subclasses, one a driver. */
    protected LifecycleContract() {}

    private static final byte[] BASE = new TarBuilder().directory("etc/")
            .file("etc/motd", "one\n")
            .file("gone", "x")
            .build();

    @Test
    void aLayerIsWhatItsParentIsUntilItIsChanged() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        assertThat(tree("work")).isEqualTo(tree("base")).containsEntry("etc/motd", "one\n");
        in("work", root -> root.write("etc/motd", "two\n"));
        assertThat(tree("work")).containsEntry("etc/motd", "two\n");
        assertThat(tree("base")).containsEntry("etc/motd", "one\n");
    }

    @Test
    void anAppliedLayerIsCommittedAndKnowsItsDiffId() throws Exception {
        var applied = apply("base", "", BASE);
        assertThat(applied.blob()).isEqualTo(dev.varve.domain.digest.Digest.sha256(BASE));
        assertThat(applied.diffId().digest()).isEqualTo(applied.blob());
        var info = layers().inspect(id("base"));
        assertThat(info.record().kind()).isEqualTo(LayerKind.COMMITTED);
        assertThat(info.record().diffId()).contains(applied.diffId());
        assertThat(layers().usage(id("base")).size()).isEqualTo(5);
        assertThat(layers().usage(id("base")).inodes()).isEqualTo(4);
    }

    @Test
    void aFrozenLayerIsLeasedReadOnly() throws Exception {
        apply("base", "", BASE);
        create("parent", "base");
        create("child", "parent");
        for (String frozen : List.of("base", "parent")) {
            try (Lease lease = layers().acquire(id(frozen))) {
                assertThat(lease.access()).isEqualTo(Access.READ_ONLY);
            }
        }
        try (Lease lease = layers().acquire(id("child"))) {
            assertThat(lease.access()).isEqualTo(Access.READ_WRITE);
        }
    }

    @Test
    void theRootOfALayerHasTheModeAndTimeOfItsParents() throws Exception {
        apply("base", "",
                new TarBuilder().entry("./", '5', 0711, 0, 0, 12_345, "", new byte[0]).file("f", "f").build());
        create("work", "base");
        apply("upper", "base", new TarBuilder().file("g", "g").build());
        for (String layer : List.of("base", "work", "upper")) {
            in(layer, root -> {
                assertThat(root.stat().mode()).as(layer).isEqualTo(0711);
                assertThat(root.stat().modified()).as(layer).isEqualTo(Instant.ofEpochSecond(12_345));
            });
        }
    }

    @Test
    void aTakenIdIsRefused() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        refused(LayerExistsException.class, () -> apply("work", "base", BASE));
        refused(LayerExistsException.class, () -> {
            create("base", "");
            return null;
        });
    }

    @Test
    void anUnknownIdIsRefusedByEveryOperation() throws Exception {
        refused(NoSuchLayerException.class, () -> layers().acquire(id("no")));
        refused(NoSuchLayerException.class, () -> layers().inspect(id("no")));
        refused(NoSuchLayerException.class, () -> layers().usage(id("no")));
        refused(NoSuchLayerException.class, () -> changes("no"));
        refused(NoSuchLayerException.class, () -> diff("no"));
        refused(NoSuchLayerException.class, () -> layers().release(id("no")));
        refused(NoSuchLayerException.class, () -> apply("new", "no", BASE));
        refused(NoSuchLayerException.class, () -> {
            create("new", "no");
            return null;
        });
        refused(NoSuchLayerException.class, () -> {
            layers().remove(id("no"));
            return null;
        });
        assertThat(layers().exists(id("no"))).isFalse();
    }

    @Test
    void aLayerThatIsHeldOrHasChildrenIsNotRemoved() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        refused(LayerInUseException.class, () -> {
            layers().remove(id("base"));
            return null;
        });
        try (Lease lease = layers().acquire(id("work"))) {
            refused(LayerInUseException.class, () -> {
                layers().remove(id("work"));
                return null;
            });
            isThere(lease.path());
        }
        layers().remove(id("work"));
        layers().remove(id("base"));
        assertThat(ids()).isEmpty();
    }

    @Test
    void aLayerThatIsMountedForWritingBecomesNoParent() throws Exception {
        create("work", "");
        try (Lease lease = layers().acquire(id("work"))) {
            refused(WrongStateException.class, () -> {
                create("child", "work");
                return null;
            });
            assertThat(lease.access()).isEqualTo(Access.READ_WRITE);
        }
        create("child", "work");
    }

    @Test
    void aParentIsNotWrittenToNorRemovedWhileALayerIsMadeOnIt() throws Exception {
        create("work", "");
        in("work", root -> root.write("x", "one"));
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(BASE)) {
            @Override
            public int read(byte[] buffer, int from, int length) throws IOException {
                reading.countDown();
                awaits(goOn);
                return super.read(buffer, from, length);
            }
        };
        try (ExecutorService maker = Executors.newSingleThreadExecutor()) {
            Future<?> making = maker.submit(
                    () -> layers().apply(id("child"), Optional.of(id("work")), slow, LayerStore.Expected.ANYTHING));
            awaits(reading);
            try {
                refused(LayerInUseException.class, () -> layers().acquire(id("work")));
                refused(LayerInUseException.class, () -> {
                    layers().remove(id("work"));
                    return null;
                });
                assertThat(layers().inspect(id("work")).leases()).isZero();
                create("other", "work"); // many may be made at once
                layers().remove(id("other"));
                refused(LayerInUseException.class, () -> layers().acquire(id("work")));
            } finally {
                goOn.countDown();
            }
            making.get();
        }
        assertThat(tree("child")).containsEntry("x", "one").containsEntry("etc/motd", "one\n");
        layers().remove(id("child"));
        in("work", root -> root.write("x", "two"));
    }

    private static void awaits(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aMakerThatFailsGivesItsParentBack() throws Exception {
        create("work", "");
        refused(BadDataException.class, () -> apply("child", "work", "no archive".getBytes(StandardCharsets.UTF_8)));
        refused(LayerExistsException.class, () -> {
            create("work", "work");
            return null;
        });
        try (Lease lease = layers().acquire(id("work"))) {
            assertThat(lease.access()).isEqualTo(Access.READ_WRITE);
        }
        layers().remove(id("work"));
    }

    @Test
    void holdsAreCountedAndTheLastOneEndsTheMount() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        Lease first = layers().acquire(id("work"));
        Lease second = layers().acquire(id("work"));
        assertThat(second.path()).isEqualTo(first.path());
        assertThat(layers().inspect(id("work")).leases()).isEqualTo(2);
        first.close();
        first.close();
        assertThat(motd(second.path())).isEqualTo("one\n");
        second.close();
        assertThat(layers().inspect(id("work")).leases()).isZero();
        assertThat(layers().inspect(id("work")).mountedAt()).isEmpty();
    }

    @Test
    void aDetachedHoldOutlivesTheStoreAndIsReleasedById() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        Lease lease = layers().acquire(id("work"));
        Path path = lease.path();
        lease.detach();
        Lease other = layers().acquire(id("work"));
        other.detach();
        reopen();
        assertThat(motd(path)).isEqualTo("one\n");
        refused(LayerInUseException.class, () -> {
            layers().remove(id("work"));
            return null;
        });
        assertThat(layers().release(id("work"))).isEqualTo(1);
        assertThat(layers().release(id("work"))).isZero();
        refused(WrongStateException.class, () -> layers().release(id("work")));
        layers().remove(id("work"));
    }

    @Test
    void closingTheStoreGivesBackWhatItHeld() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        for (String layer : List.of("work", "base")) {
            layers().acquire(id(layer));
            assertThat(layers().inspect(id(layer)).leases()).isEqualTo(1);
        }
        reopen();
        for (String layer : List.of("work", "base")) {
            assertThat(layers().inspect(id(layer)).leases()).isZero();
            assertThat(layers().inspect(id(layer)).mountedAt()).isEmpty();
        }
    }

    @Test
    void whatWasReturnedIsThereAfterARestart() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        in("work", root -> {
            root.write("new", "new\n");
            root.remove("gone");
        });
        var before = tree("work");
        reopen();
        assertThat(tree("work")).isEqualTo(before);
        assertThat(changes("work")).contains("A /new", "D /gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "..", ".", "a/b", "/abs", ":", ",", "a,b:c\\d", " ", " lead and trail ", "a=b",
        "%s%n", "$(x)", "*", "ä漢字😀", "sha256:0123", "-rf", "'\""})
    void anyPrintableIdWorksAndNeverBecomesAPath(String odd) throws Exception {
        apply(odd, "", BASE);
        create(odd + "!", odd);
        in(odd + "!", root -> {
            assertThat(root.read("etc/motd")).isEqualTo("one\n");
            root.write("new", odd);
        });
        reopen();
        assertThat(ids()).containsExactlyInAnyOrder(odd, odd + "!");
        assertThat(changes(odd + "!")).containsExactly("A /new");
        try (RootFiles inside = files(directory())) {
            assertThat(inside.paths()).allMatch(p -> p.equals("store") || p.startsWith("store/"));
        }
        layers().remove(id(odd + "!"));
        layers().remove(id(odd));
        assertThat(ids()).isEmpty();
    }

    @Test
    void anIdMayHave4096Bytes() throws Exception {
        String longest = "ä".repeat(2048);
        assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(4096);
        create(longest, "");
        reopen();
        assertThat(ids()).containsExactly(longest);
        assertThatThrownBy(() -> id(longest + "a")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\0", "\u001b[31m", "\u0085", "\ud800"})
    void anEmptyIdOrOneWithControlCharactersIsRefused(String bad) {
        assertThatThrownBy(() -> id(bad)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sixtyFourThreadsMayHoldAndGiveBackAtOnce() throws Exception {
        apply("base", "", BASE);
        create("work", "base");
        AtomicInteger held = new AtomicInteger();
        inThreads(64, () -> {
            for (int i = 0; i < 10; i++) {
                try (Lease lease = layers().acquire(id("work"))) {
                    assertThat(motd(lease.path())).isEqualTo("one\n");
                    held.incrementAndGet();
                }
            }
            return null;
        });
        assertThat(held).hasValue(640);
        assertThat(layers().inspect(id("work")).leases()).isZero();
        assertThat(layers().inspect(id("work")).mountedAt()).isEmpty();
    }

    @Test
    void ofManyThreadsThatMakeOneIdOneWins() throws Exception {
        apply("base", "", BASE);
        AtomicInteger won = new AtomicInteger();
        inThreads(16, () -> {
            try {
                create("work", "base");
                won.incrementAndGet();
            } catch (LayerExistsException e) {
                assertThat(e).hasMessageContaining("work");
            }
            return null;
        });
        assertThat(won).hasValue(1);
        assertThat(ids()).containsExactly("base", "work");
        reopen();
        assertThat(ids()).containsExactly("base", "work");
    }

    @Test
    void twoStoresOnOneDirectorySeeEachOther() throws Exception {
        apply("base", "", BASE);
        try (StoreUnderTest other = host().open(directory().resolve("store"))) {
            other.layers().create(id("theirs"), java.util.Optional.of(id("base")), java.util.Map.of());
            assertThat(ids()).containsExactly("base", "theirs");
            try (Lease lease = layers().acquire(id("theirs"))) {
                assertThatThrownBy(() -> other.layers().remove(id("theirs"))).isInstanceOf(LayerInUseException.class);
                isThere(lease.path());
            }
            other.layers().remove(id("theirs"));
        }
        assertThat(ids()).containsExactly("base");
    }

    @Test
    void removalLeavesNoFile() throws VarveException {
        apply("base", "", BASE);
        long before = layerFiles();
        create("work", "base");
        layers().remove(id("work"));
        assertThat(layerFiles()).isEqualTo(before);
    }

    private long layerFiles() throws VarveException {
        return storeFiles().stream().filter(p -> p.contains("/layers/")).count();
    }

    private String motd(Path root) throws VarveException {
        try (RootFiles files = files(root)) {
            return files.read("etc/motd");
        }
    }
}
