package dev.varve.app.image;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.ports.in.Images.Image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ImageNamesTest extends ImageFixture {
    @ParameterizedTest
    @CsvSource({"debian, debian:latest", "debian:12, debian:12", "docker.io/library/debian, debian:latest",
        "index.docker.io/team/app:1, team/app:1", "docker.io/library/a/b, library/a/b:latest",
        "docker.io/quay.io/x, docker.io/quay.io/x:latest", "localhost/x:A_b.c-1, localhost/x:A_b.c-1",
        "reg.example:5000/a__b/c-d--e.f:1, reg.example:5000/a__b/c-d--e.f:1", "HOST/x, HOST/x:latest",
        "[::1]:5000/x, [::1]:5000/x:latest", "library/debian, library/debian:latest"})
    void names(String text, String name) {
        assertThat(ImageName.parse(text)).hasToString(name);
        assertThat(ImageName.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a:", ":a", "A", "a b", "a/", "/a", "a//b", "a:b:c", "a..b", "a_", "-a", "a___b",
        "../a", "a@sha256:00", "a:-b", "é", "a\nb", "x y.z/a", "-.com/a", "a.b:99999999/c",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"})
    void noNames(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageName.parse(text));
        assertThat(ImageName.find(text)).isEmpty();
    }

    @Test
    void longTextsAreRefusedQuickly() {
        assertThat(ImageName.find("a".repeat(256))).isEmpty();
        assertThat(ImageName.find("a:" + "b".repeat(129))).isEmpty();
        assertThat(ImageName.find("a-".repeat(1_000_000))).isEmpty();
        assertThat(ImageName.find("a-".repeat(120) + "!")).isEmpty();
    }

    @Test
    void findsByNameDigestAndBeginning() throws IOException {
        Image image = load(SampleImage.of("a").docker("app", "app:1"));
        String hex = image.digest().hex();
        for (String reference : List.of("app", "app:latest", "app:1", "docker.io/library/app:1", "sha256:" + hex, hex,
                hex.substring(0, 4), "sha256:" + hex.substring(0, 9),
                hex.substring(0, 5).toUpperCase(java.util.Locale.ROOT))) {
            assertThat(images.find(reference).record()).as(reference).isEqualTo(image.record());
        }
        for (String reference : List.of("app:2", "other", hex.substring(0, 3), "", "sha256:" + "0".repeat(64),
                "0".repeat(64), "\u001b[2J")) {
            assertThatThrownBy(() -> images.find(reference)).as(reference)
                    .isInstanceOf(NoSuchImageException.class)
                    .hasMessageStartingWith("no such image: ")
                    .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
        }
    }

    @Test
    void beginningOfSeveralDigestsNamesThem() throws IOException {
        Digest one = Digest.parse("sha256:abcd" + "0".repeat(60));
        Digest two = Digest.parse("sha256:abcd" + "1".repeat(60));
        catalogue.putImage(new ImageRecord(one, List.of("x:1"), List.of(), null, java.time.Instant.EPOCH), new byte[0]);
        catalogue.putImage(new ImageRecord(two, List.of(), List.of(), null, java.time.Instant.EPOCH), new byte[0]);
        assertThatThrownBy(() -> images.find("abcd")).isInstanceOf(NoSuchImageException.class)
                .hasMessageContainingAll(one + " (x:1)", two.toString());
        assertThat(images.find("abcd0").digest()).isEqualTo(one);
    }

    @Test
    void nameMovesToTheImageThatIsLoadedLater() throws IOException {
        Image old = load(SampleImage.of("old").docker("app", "app:1"));
        Image other = load(SampleImage.of("other").docker("app"));
        assertThat(images.find("app").digest()).isEqualTo(other.digest());
        assertThat(images.find(old.digest().hex()).names()).containsExactly("app:1");
        Image third = load(SampleImage.of("third").docker("x"), "app:1");
        assertThat(third.names()).containsExactly("app:1");
        assertThat(images.find(old.digest().hex()).names()).as("it stays without a name").isEmpty();
        assertThat(images.list()).extracting(Image::digest)
                .containsExactly(third.digest(), other.digest(), old.digest());
    }

    @Test
    void loadedAgainItKeepsItsNamesAndGetsMore() throws IOException {
        load(SampleImage.of("a").docker("app"));
        assertThat(load(SampleImage.of("a").oci("b"), "mine:3").names()).containsExactly("app:latest", "mine:3");
        assertThat(load(SampleImage.of("a").docker()).names()).containsExactly("app:latest", "mine:3");
        assertThat(images.list()).hasSize(1);
    }
}
