package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeasePurpose;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.layer.TreeForm;
import dev.varve.ports.store.Catalogue;

/** What every {@link Catalogue} keeps: records of layers, images and leases. */
public abstract class CatalogueContract extends CatalogueSuite {
    /** For subclasses. */
    protected CatalogueContract() {}

    @Test
    void newCatalogueIsEmpty() throws VarveException {
        assertThat(first().layers()).isEmpty();
        assertThat(first().images()).isEmpty();
        assertThat(first().leases()).isEmpty();
        assertThat(first().find(new LayerId("a"))).isEmpty();
        assertThat(first().find(new LayerNumber(1))).isEmpty();
        assertThat(first().children(new LayerNumber(1))).isEmpty();
        assertThat(first().leases(new LayerNumber(1))).isEmpty();
    }

    @Test
    void otherDriverIsRefused() {
        assertThatExceptionOfType(StoreVersionException.class).isThrownBy(() -> open("aufs"))
                .withMessageContaining(DRIVER)
                .withMessageContaining("aufs");
    }

    @Test
    void putLayerIsFoundByIdAndNumberAndAfterReopening() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord top = layer("top", Optional.of(base.number())).updatedAt(NOW.plusNanos(1))
                .withContent(new Usage(1L << 40, 4096, 3), Optional.of(diffId("top")));
        first().put(base);
        first().put(top);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(top.id())).contains(top);
            assertThat(catalogue.find(top.number())).contains(top);
            assertThat(catalogue.layers()).containsExactly(base, top);
        }
    }

    @Test
    void putReplacesTheRecordOfTheSameNumber() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord other = layer("other", Optional.empty());
        LayerRecord old = layer("old", Optional.of(base.number()));
        LayerRecord renamed = LayerRecord.create(old.number(), new LayerId("new"), LayerKind.COMMITTED, TreeForm.DELTA,
                Optional.of(other.number()), Map.of("k", "v"), NOW);
        first().put(base);
        first().put(other);
        first().put(old);
        first().put(renamed);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(old.id())).isEmpty();
            assertThat(catalogue.find(renamed.id())).contains(renamed);
            assertThat(catalogue.children(base.number())).isEmpty();
            assertThat(catalogue.children(other.number())).containsExactly(renamed);
        }
    }

    @Test
    void putOfTakenIdIsRefusedAndChangesNothing() throws VarveException {
        LayerRecord layer = layer("same", Optional.empty());
        LayerRecord second = layer("same", Optional.empty());
        first().put(layer);
        assertThatExceptionOfType(LayerExistsException.class).isThrownBy(() -> first().put(second));
        assertThat(first().layers()).containsExactly(layer);
        assertThat(reopen().layers()).containsExactly(layer);
    }

    @Test
    void layersAndChildrenAreByNumber() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        List<LayerRecord> children = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            children.add(layer("child " + i, Optional.of(base.number())));
        }
        for (LayerRecord child : children.reversed()) {
            first().put(child);
        }
        first().put(base);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.children(base.number())).containsExactlyElementsOf(children);
            assertThat(catalogue.layers()).hasSize(101).startsWith(base);
        }
    }

    @Test
    void removedLayerIsGoneWithItsLeases() throws VarveException {
        LayerRecord base = layer("base", Optional.empty());
        LayerRecord child = layer("child", Optional.of(base.number()));
        first().put(base);
        first().put(child);
        first().putLeases(child.number(), List.of(lease(child.number(), "a", 0)));
        first().remove(child.number());
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.find(child.id())).isEmpty();
            assertThat(catalogue.children(base.number())).isEmpty();
            assertThat(catalogue.leases()).isEmpty();
            assertThat(catalogue.layers()).containsExactly(base);
        }
        first().put(layer("child", Optional.empty()));
    }

    @Test
    void leasesDoNotComeBackWithANumber() throws VarveException {
        LayerRecord layer = layer("a", Optional.empty());
        first().put(layer);
        first().putLeases(layer.number(), List.of(lease(layer.number(), "a", 0)));
        first().remove(layer.number());
        first().put(layer);
        assertThat(first().leases()).isEmpty();
        assertThat(reopen().leases()).isEmpty();
    }

    @Test
    void removingWhatIsNotThereSucceeds() throws VarveException {
        first().remove(new LayerNumber(77));
        first().removeImage(image("none", List.of()));
        first().putLeases(new LayerNumber(77), List.of());
        assertThat(first().layers()).isEmpty();
    }

    @Test
    void oddIdsAndLabelsRoundTrip() throws VarveException {
        List<String> ids = List.of("../x", "/", ".", "a/b:c,d\\e\"f", "\ud83d\udc33 \u00e9", " ", "x".repeat(4096),
                "\u20ac".repeat(1365), "null", "{}");
        List<LayerRecord> layers = new ArrayList<>();
        for (String id : ids) {
            LayerRecord layer = LayerRecord.create(first().nextNumber(), new LayerId(id), LayerKind.VIEW,
                    TreeForm.DELTA, Optional.empty(),
                    Map.of("", "", id, id, "\u0000\n\u2028\ufffe", "\u0001\u007f", "long", "y".repeat(70000)),
                    Instant.parse("1969-12-31T23:59:59.000000001Z"));
            first().put(layer);
            layers.add(layer);
        }
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.layers()).containsExactlyElementsOf(layers);
            for (LayerRecord layer : layers) {
                assertThat(catalogue.find(layer.id())).contains(layer);
            }
        }
    }

    @Test
    void labelThatIsNoTextIsRefusedAndChangesNothing() throws VarveException {
        LayerNumber number = first().nextNumber();
        for (String half : List.of("\ud83d", "a\ud83d", "\ud83da", "\udc33", "\udc33a", "\ud83d\ud83d")) {
            for (Map<String, String> labels : List.of(Map.of("k", half), Map.of(half, "v"))) {
                assertThatExceptionOfType(IllegalArgumentException.class)
                        .isThrownBy(() -> first().put(LayerRecord.create(number, new LayerId("a"), LayerKind.ACTIVE,
                                TreeForm.DELTA, Optional.empty(), labels, NOW)));
            }
        }
        assertThat(first().layers()).isEmpty();
        assertThat(reopen().layers()).isEmpty();
    }

    @Test
    void imagesRoundTripWithNamesAndConfigurations() throws VarveException {
        LayerRecord top = layer("top", Optional.empty());
        first().put(top);
        byte[] config = config("one");
        ImageRecord one = new ImageRecord(Digest.sha256(config), List.of("debian:12", "deb\u00efan:latest"),
                List.of(diffId("a"), diffId("b")), top.number(), NOW);
        ImageRecord empty = image("empty", List.of());
        first().putImage(one, config);
        first().putImage(empty, config("empty"));
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.images()).containsExactlyInAnyOrder(one, empty)
                    .isSortedAccordingTo((a, b) -> a.config().compareTo(b.config()));
            assertThat(catalogue.imageConfig(one)).isEqualTo(config);
            assertThat(catalogue.imageConfig(empty)).isEqualTo(config("empty"));
        }
    }

    @Test
    void putImageReplacesTheRecordOfTheSameDigest() throws VarveException {
        ImageRecord image = image("one", List.of("a:1"));
        first().putImage(image, config("one"));
        first().putImage(image.withNames(List.of("b:1", "c:1")), config("one"));
        assertThat(reopen().images()).containsExactly(image.withNames(List.of("b:1", "c:1")));
        assertThat(first().imageConfig(image)).isEqualTo(config("one"));
    }

    @Test
    void removedImageIsGoneAndItsLayersAreNot() throws VarveException {
        LayerRecord layer = layer("a", Optional.empty());
        ImageRecord image = image("one", List.of("a:1"));
        first().put(layer);
        first().putImage(image, config("one"));
        first().removeImage(image);
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.images()).isEmpty();
            assertThat(catalogue.layers()).containsExactly(layer);
            assertThatExceptionOfType(NoSuchImageException.class).isThrownBy(() -> catalogue.imageConfig(image));
        }
    }

    @Test
    void leasesRoundTripOldestFirst() throws VarveException {
        LayerRecord one = layer("one", Optional.empty());
        LayerRecord two = layer("two", Optional.empty());
        first().put(one);
        first().put(two);
        LeaseRecord old = lease(one.number(), "old", 0);
        LeaseRecord young = new LeaseRecord(one.number(), "young", 0, "7a1f0c5e", LeasePurpose.RESERVATION,
                Access.READ_ONLY, NOW.plusSeconds(5));
        LeaseRecord other = lease(two.number(), "other", 1);
        first().putLeases(two.number(), List.of(other));
        first().putLeases(one.number(), List.of(young, old));
        for (Catalogue catalogue : List.of(first(), reopen())) {
            assertThat(catalogue.leases(one.number())).containsExactly(old, young);
            assertThat(catalogue.leases()).containsExactly(old, young, other);
        }
        first().putLeases(one.number(), List.of(young));
        first().putLeases(two.number(), List.of());
        assertThat(first().leases()).containsExactly(young);
        assertThat(reopen().leases()).containsExactly(young);
    }

    private static DiffId diffId(String content) {
        return new DiffId(Digest.sha256(content.getBytes(StandardCharsets.UTF_8)));
    }
}
