package dev.varve.app.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.digest.DiffId;
import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Images.Commit;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Images.Target;

/** A layer and the image below it become one more image. */
class ImageCommitTest extends ImageFixture {
    private static final LayerId WORK = new LayerId("work");
    private static final byte[] CHANGES = new ImageFiles().file("new", "content").tar();
    private static final DiffId DIFF = new DiffId(Digest.sha256(CHANGES));
    private final SampleImage sample = SampleImage.of("base", "top");

    @BeforeEach
    void makeLayer() throws IOException {
        load(sample.docker("sample:1"));
        layers.create(WORK, Optional.of(sample.layerIds().getLast()), Map.of());
        layers.archives.put(WORK, CHANGES);
    }

    private String config(Image image) throws VarveException {
        return new String(catalogue.imageConfig(image.record()), StandardCharsets.UTF_8);
    }

    private Commit on(String base) {
        return new Commit(Optional.empty(), Optional.empty(), Optional.of(base));
    }

    @Test
    void theImageHasOneMoreLayerAndAllElseAsItWas() throws IOException {
        Image image = images.commit(WORK, "made:2",
                new Commit(Optional.of("someone"), Optional.of("why \"ü\""), Optional.empty()));
        assertThat(image.names()).containsExactly("made:2");
        assertThat(image.diffIds()).containsExactly(sample.diffIds().get(0), sample.diffIds().get(1), DIFF);
        assertThat(image.layers()).isEqualTo(LoadPlan.layerIds(image.diffIds()));
        assertThat(layers.ids()).contains(WORK, image.top());
        assertThat(layers.askedAgainst).contains(sample.layerIds().getLast());
        assertThat(config(image))
                .isEqualTo(("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=b\"],"
                        + "\"Labels\":null},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\",\"%s\",\"%s\"]},"
                        + "\"history\":[{\"created\":1.5e3,\"x\":true},{\"created\":\"2026-01-02T03:04:05Z\","
                        + "\"created_by\":\"varve image commit\",\"author\":\"someone\",\"comment\":\"why \\\"ü\\\"\"}],"
                        + "\"created\":\"2026-01-02T03:04:05Z\"}")
                        .formatted(sample.diffIds().get(0), sample.diffIds().get(1), DIFF));
        assertThat(image.digest()).isEqualTo(Digest.sha256(config(image).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aConfigurationKeepsItsOrder() throws IOException {
        String before = "{\"created\":\"2001-01-01T00:00:00Z\",\"unknown\":{\"a\":[1,2.50,-0,1e400,null,{}],\"ü\":\"\\n\"},"
                + "\"rootfs\":{\"diff_ids\":[],\"type\":\"layers\",\"more\":false},\"history\":null,\"z\":1}";
        byte[] after = ConfigEdit.withLayer(before.getBytes(StandardCharsets.UTF_8), DIFF,
                java.time.Instant.parse("2026-01-02T03:04:05.6Z"), Optional.empty(), Optional.empty());
        assertThat(new String(after, StandardCharsets.UTF_8)).isEqualTo("{\"created\":\"2026-01-02T03:04:05.600Z\","
                + "\"unknown\":{\"a\":[1,2.50,-0,1e400,null,{}],\"ü\":\"\\n\"},\"rootfs\":{\"diff_ids\":[\"" + DIFF
                + "\"],\"type\":\"layers\",\"more\":false},\"history\":[{\"created\":\"2026-01-02T03:04:05.600Z\","
                + "\"created_by\":\"varve image commit\"}],\"z\":1}");
    }

    @Test
    void aConfigurationWithoutLayersGetsItsFirst() throws IOException {
        for (String none : new String[]{"", ",\"diff_ids\":null", ",\"diff_ids\":[]"}) {
            String before = "{\"rootfs\":{\"type\":\"layers\"" + none + "}}";
            byte[] after = ConfigEdit.withLayer(before.getBytes(StandardCharsets.UTF_8), DIFF, java.time.Instant.EPOCH,
                    Optional.empty(), Optional.empty());
            assertThat(ImageConfig.parse("it", after).diffIds()).containsExactly(DIFF);
        }
    }

    @Test
    void whatWasMadeCanBeSavedAndLoaded() throws IOException {
        Image image = images.commit(WORK, "made", Commit.PLAIN);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        images.save("made", new Target.Stream(out), Format.DOCKER, Compression.GZIP, Images.Progress.NONE);
        assertThat(images.remove("made")).containsExactly(image.top());
        assertThat(layers.ids()).contains(WORK);
        Image again = load(out.toByteArray());
        assertThat(again.digest()).isEqualTo(image.digest());
        assertThat(again.diffIds()).isEqualTo(image.diffIds());
    }

    @Test
    void theSameChangesAreTheSameLayer() throws IOException {
        Image one = images.commit(WORK, "one", Commit.PLAIN);
        Image two = images.commit(WORK, "two", new Commit(Optional.of("x"), Optional.empty(), Optional.of("sample:1")));
        assertThat(two.top()).isEqualTo(one.top());
        assertThat(two.digest()).isNotEqualTo(one.digest());
        assertThat(layers.applied).hasSize(3);
    }

    @Test
    void layersBetweenTheImageAndTheLayerAreSquashed() throws IOException {
        LayerId upper = new LayerId("upper");
        layers.create(upper, Optional.of(WORK), Map.of());
        layers.archives.put(upper, CHANGES);
        assertThat(images.commit(upper, "made", Commit.PLAIN).diffIds()).hasSize(3);
        assertThat(layers.askedAgainst).as("compared with the image, not with the layer between")
                .contains(sample.layerIds().getLast());
    }

    @Test
    void aLayerWithoutAnImageIsRefused() throws IOException {
        LayerId alone = new LayerId("alone");
        layers.create(alone, Optional.empty(), Map.of());
        refused(WrongStateException.class, "no image below", alone, "made", Commit.PLAIN);
        refused(WrongStateException.class, "does not lie on image sample:1", alone, "made", on("sample:1"));
        refused(NoSuchLayerException.class, "nobody", new LayerId("nobody"), "made", Commit.PLAIN);
    }

    @Test
    void ofTwoImagesWithTheSameLayersOneHasToBeNamed() throws IOException {
        load(sample.forArchitecture("arm64").docker("other:1"));
        refused(WrongStateException.class, "sample:1", WORK, "made", Commit.PLAIN);
        assertThat(config(images.commit(WORK, "made", on("other:1")))).contains("arm64");
    }

    @Test
    void anImageWithoutLayersCanBeNamedToo() throws IOException {
        load(new SampleImage(List.of(), "amd64").docker("scratch"));
        LayerId alone = new LayerId("alone");
        layers.create(alone, Optional.empty(), Map.of());
        layers.archives.put(alone, CHANGES);
        assertThat(images.commit(alone, "made", on("scratch")).diffIds()).containsExactly(DIFF);
    }

    @Test
    void aLayerThatIsWrittenToAndABadNameAreRefused() throws IOException {
        refused(BadDataException.class, "Not A Name", WORK, "Not A Name", Commit.PLAIN);
        layers.leased.add(WORK);
        refused(LayerInUseException.class, "mount for writing", WORK, "made", Commit.PLAIN);
        layers.leased.clear();
        assertThat(images.commit(WORK, "made", Commit.PLAIN).layers()).hasSize(3);
    }

    @Test
    void theLayerCannotBeWrittenToWhileItIsRead() throws IOException {
        images.commit(WORK, "made", Commit.PLAIN);
        assertThat(layers.heldWhileRead).isTrue();
        assertThat(layers.held).isEmpty();
    }

    @Test
    void whatFailsLeavesNothingNew() throws IOException {
        List<LayerId> before = layers.ids();
        layers.beforeApply = id -> { throw new SyscallFailedException("write()", Errno.ENOSPC); };
        refused(SyscallFailedException.class, "ENOSPC", WORK, "made", Commit.PLAIN);
        layers.beforeApply = id -> {};
        catalogue.imagesLeft = 0;
        refused(VarveException.class, "", WORK, "made", Commit.PLAIN);
        assertThat(layers.ids()).isEqualTo(before);
    }

    private void refused(Class<? extends VarveException> type, String says, LayerId layer, String name, Commit how)
            throws VarveException {
        int count = images.list().size();
        List<LayerId> before = layers.ids();
        assertThatThrownBy(() -> images.commit(layer, name, how)).isInstanceOf(type).hasMessageContaining(says);
        assertThat(images.list()).hasSize(count);
        assertThat(layers.ids()).isEqualTo(before);
    }
}
