package dev.varve.app.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Images.Image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What goes with an image, and with one that could not be loaded. */
class ImageRemovalTest extends ImageFixture {
    private final SampleImage small = SampleImage.of("base", "middle");
    private final SampleImage big = SampleImage.of("base", "middle", "upper", "top");

    @Test
    void lastNameTakesTheImageAndItsLayers() throws IOException {
        load(big.docker("a", "b"));
        assertThat(images.remove("a")).isEmpty();
        assertThat(images.find("b").names()).containsExactly("b:latest");
        assertThat(images.remove("b")).isEqualTo(big.layerIds().reversed());
        assertThat(layers.ids()).isEmpty();
        assertThat(images.list()).isEmpty();
        assertThatThrownBy(() -> images.remove("b")).isInstanceOf(NoSuchImageException.class);
    }

    @Test
    void byDigestItGoesWithAllItsNames() throws IOException {
        Image image = load(big.docker("a", "b"));
        assertThat(images.remove(image.digest().hex().substring(0, 12))).hasSize(4);
        assertThat(images.list()).isEmpty();
    }

    @Test
    void layersOfAnotherImageStay() throws IOException {
        load(small.docker("small"));
        load(big.docker("big"));
        assertThat(layers.applied).hasSize(4);
        assertThat(images.remove("small")).isEmpty();
        assertThat(layers.ids()).isEqualTo(big.layerIds());
        load(small.docker("small"));
        assertThat(images.remove("big")).isEqualTo(big.layerIds().subList(2, 4).reversed());
        assertThat(layers.ids()).isEqualTo(small.layerIds());
    }

    @Test
    void layersBelowAContainerStay() throws IOException {
        load(big.docker("big"));
        layers.create(new LayerId("c"), Optional.of(big.layerIds().get(2)), Map.of());
        assertThat(images.remove("big")).containsExactly(big.layerIds().get(3));
        assertThat(layers.ids()).hasSize(4);
    }

    @Test
    void heldLayerKeepsEverything() throws IOException {
        load(big.docker("big"));
        layers.leased.add(big.layerIds().get(1));
        assertThatThrownBy(() -> images.remove("big")).isInstanceOf(LayerInUseException.class)
                .hasMessageContainingAll(big.layerIds().get(1).toString(), "one lease");
        assertThat(layers.ids()).isEqualTo(big.layerIds());
        assertThat(images.find("big").names()).hasSize(1);
        load(small.docker("small"));
        assertThat(images.remove("big")).as("a held layer of another image is no obstacle").hasSize(2);
    }

    @Test
    void layerThatIsTakenAtTheLastMomentStays() throws IOException {
        load(big.docker("big"));
        layers.beforeRemove = id -> layers.leased.add(big.layerIds().get(2));
        assertThat(images.remove("big")).containsExactly(big.layerIds().get(3));
        assertThat(layers.ids()).hasSize(3);
    }

    @Test
    void filesAreDeletedWhileOthersCanUseTheStore() throws IOException {
        load(big.docker("big"));
        List<LayerId> deleted = new ArrayList<>();
        layers.beforeDelete = id -> {
            assertThat(catalogue.exclusive).isZero();
            assertThat(layers.exists(id)).isFalse();
            deleted.add(id);
        };
        assertThat(images.remove("big")).isEqualTo(big.layerIds().reversed());
        assertThat(deleted).isEqualTo(big.layerIds().reversed());
        failAt(big.layerIds().get(2));
        assertThatThrownBy(() -> load(big.docker("big"))).isSameAs(FULL);
        assertThat(deleted).as("a load that failed").hasSize(6);
    }

    @Test
    void filesThatCannotBeDeletedKeepNoLayer() throws IOException {
        load(big.docker("big"));
        layers.beforeDelete = id -> { throw new SyscallFailedException("unlinkat()", Errno.EIO); };
        assertThat(images.remove("big")).isEqualTo(big.layerIds().reversed());
        assertThat(layers.ids()).isEmpty();
        assertThat(images.list()).isEmpty();
    }

    @Test
    void imageLoadedWhileAnotherGoesKeepsItsLayers() throws IOException {
        load(big.docker("big"));
        layers.beforeRemove = id -> {
            layers.beforeRemove = other -> {};
            catalogue.intruder = () -> load(small.docker("small"));
        };
        assertThat(images.remove("big")).hasSize(2);
        assertThat(layers.ids()).isEqualTo(small.layerIds());
    }

    @Test
    void layersThatAreGoneAlreadyAreNoObstacle() throws IOException {
        load(big.docker("big"));
        layers.remove(big.layerIds().get(3));
        assertThat(images.remove("big")).isEqualTo(big.layerIds().subList(0, 3).reversed());
    }

    private static final SyscallFailedException FULL = new SyscallFailedException("write()", Errno.ENOSPC);

    private void failAt(LayerId id) {
        layers.beforeApply = applied -> {
            if (applied.equals(id)) {
                throw FULL;
            }
        };
    }

    @Test
    void failedLoadTakesItsLayersWithIt() throws IOException {
        load(small.docker("small"));
        failAt(big.layerIds().get(3));
        assertThatThrownBy(() -> load(big.docker("big"))).isSameAs(FULL);
        assertThat(layers.ids()).as("those of the other image stay").isEqualTo(small.layerIds());
        assertThat(images.list()).hasSize(1);
        layers.beforeApply = id -> {};
        assertThat(load(big.docker("big")).layers()).isEqualTo(layers.ids());
    }

    @Test
    void failedLoadLeavesLayersThatAreUsedByNow() throws IOException {
        layers.beforeApply = id -> {
            if (id.equals(big.layerIds().get(3))) {
                layers.create(new LayerId("c"), Optional.of(big.layerIds().get(1)), Map.of());
                throw FULL;
            }
        };
        assertThatThrownBy(() -> load(big.docker("big"))).isSameAs(FULL);
        assertThat(layers.ids()).containsExactly(big.layerIds().get(0), big.layerIds().get(1), new LayerId("c"));
    }

    @Test
    void failureOfCleaningUpIsSuppressed() throws IOException {
        failAt(big.layerIds().get(3));
        VarveException second = new SyscallFailedException("unlinkat()", Errno.EIO);
        layers.beforeRemove = id -> { throw second; };
        assertThatThrownBy(() -> load(big.docker("big"))).isInstanceOf(SyscallFailedException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).contains(second));
    }

    @Test
    void failureOfTheRegisterLeavesEverythingAsItWas() throws IOException {
        Image old = load(small.docker("a", "b"));
        Image other = load(SampleImage.of("other").docker("c"));
        // The new image, then the first and the second that lose a name: each may be the one that does not fit.
        for (int fits = 0; fits < 3; fits++) {
            List<LayerId> before = layers.ids();
            catalogue.imagesLeft = fits;
            assertThatThrownBy(() -> load(big.docker("a", "c"))).isInstanceOf(SyscallFailedException.class);
            catalogue.imagesLeft = Integer.MAX_VALUE;
            assertThat(layers.ids()).isEqualTo(before);
            assertThat(images.list()).extracting(Image::record).containsExactly(old.record(), other.record());
        }
    }

    @Test
    void layersThatAnotherProcessMadeMeanwhileCount() throws IOException {
        layers.beforeApply = id -> {
            layers.beforeApply = other -> {};
            load(small.docker("small"));
            throw new LayerExistsException(id);
        };
        assertThat(load(big.docker("big")).layers()).isEqualTo(big.layerIds());
        assertThat(layers.applied).isEqualTo(big.layerIds());
    }

    @Test
    void layersThatAnotherProcessTookMeanwhileAreAppliedAgain() throws IOException {
        load(small.docker("small"));
        catalogue.intruder = () -> images.remove("small");
        assertThat(load(small.oci("again")).layers()).isEqualTo(layers.ids());
        assertThat(images.list()).extracting(Image::names).containsExactly(List.of("again:latest"));
        layers.beforeApply = id -> {
            layers.beforeApply = other -> {};
            images.remove("again");
        };
        assertThat(load(big.docker("big")).layers()).as("the parent was taken").isEqualTo(layers.ids());
        layers.beforeApply = id -> { throw new LayerInUseException(id, "its removal", ""); };
        assertThatThrownBy(() -> load(SampleImage.of("base", "x").docker())).isInstanceOf(LayerInUseException.class);
        assertThat(layers.ids()).isEqualTo(big.layerIds());
    }

    @Test
    void layerThatOnlyHasTheIdIsNotTrusted() throws IOException {
        layers.create(small.layerIds().getFirst(), Optional.empty(), Map.of());
        assertThatThrownBy(() -> load(small.docker("small"))).isInstanceOf(WrongStateException.class)
                .hasMessageContaining(small.layerIds().getFirst().toString());
        assertThat(layers.ids()).hasSize(1);
    }
}
