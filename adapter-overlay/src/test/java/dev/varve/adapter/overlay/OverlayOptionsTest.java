package dev.varve.adapter.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.mount.MountFlag;

class OverlayOptionsTest {
    private static MountSettings settings(Map<String, String> options) throws UnsupportedException {
        return OverlayOptions.parse(options).settings();
    }

    @Test
    void nothingIsAskedForByDefault() throws UnsupportedException {
        assertThat(settings(Map.of())).isEqualTo(MountSettings.DEFAULT);
        assertThat(settings(Map.of("index", "off", "metacopy", "false", "volatile", "off")).isAsking()).isFalse();
        assertThat(MountSettings.DEFAULT.text()).isEqualTo("none");
    }

    @Test
    void eachOptionIsTaken() throws UnsupportedException {
        MountSettings settings = settings(Map.of("index", "on", "redirect_dir", "on", "metacopy", "true", "volatile",
                "on", "mountopt", "noexec,nosuid,xino=on", "mount_label", "system_u:object_r:t:s0:c1,c2"));
        assertThat(settings).isEqualTo(new MountSettings(true, Optional.of(RedirectDir.ON), true, true,
                Set.of(MountFlag.NO_EXEC, MountFlag.NO_SETUID), List.of("xino=on"),
                Optional.of("system_u:object_r:t:s0:c1,c2"), Optional.empty()));
        assertThat(settings.text()).isEqualTo("overlay.index=on overlay.redirect_dir=on overlay.metacopy=on"
                + " overlay.volatile=on overlay.mountopt=nosuid,noexec,xino=on"
                + " overlay.mount_label=system_u:object_r:t:s0:c1,c2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "follow", "nofollow"})
    void metadataOnlyCopiesNeedRedirects(String redirects) {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> settings(Map.of("metacopy", "on", "redirect_dir", redirects)))
                .withMessageContaining("overlay.metacopy=on")
                .withMessageContaining("overlay.redirect_dir=" + redirects);
    }

    @Test
    void ofTwoMappingsTheOneThatIsNotGivenIsThatOfTheOther() throws UnsupportedException {
        for (String key : List.of("uidmap", "gidmap")) {
            MountSettings settings = settings(Map.of(key, "0:100000:65536"));
            assertThat(settings.text()).isEqualTo("overlay.uidmap=0:100000:65536 overlay.gidmap=0:100000:65536");
        }
        assertThat(settings(Map.of("uidmap", "0:7:1", "gidmap", "0:8:1,1:9:1")).text())
                .isEqualTo("overlay.uidmap=0:7:1 overlay.gidmap=0:8:1,1:9:1");
        assertThat(settings(Map.of("uidmap", "0:7:1")).withIds(Optional.empty())).isEqualTo(MountSettings.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0:1:0", "0:1:2,1:9:1", "root:1:1", "1000:5000:1"})
    void whatIsNoMappingIsRefusedWithItsForm(String value) {
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> settings(Map.of("gidmap", value)))
                .withMessageContaining("overlay.gidmap cannot be " + value)
                .satisfies(e -> assertThat(e.hint()).get().asString().contains("container:host:size"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "legacy"})
    void mappingContradictsLayersThatAreGivenByPath(String api) {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> settings(Map.of("uidmap", "0:1:1", "mount_api", api)))
                .withMessageContaining("overlay.mount_api=" + api + " contradicts overlay.uidmap=0:1:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nodev,", "lowerdir=/etc", "upperdir=/x", "index=on", "userxattr", "context=x",
        "xino=maybe", "nodev=1", " nodev", "volatile", "metacopy=on", "uuid"})
    void otherMountOptionsAreRefused(String value) {
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> settings(Map.of("mountopt", value)))
                .withMessageContaining("overlay.mountopt cannot hold")
                .satisfies(e -> assertThat(e.hint()).get().asString().contains("nodev, nosuid, noexec, noatime"));
    }

    @Test
    void mountOptionsThatContradictEachOtherAreRefused() throws UnsupportedException {
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> settings(Map.of("mountopt", "xino=on,nodev,xino=off")))
                .withMessageContaining("xino=off")
                .withMessageContaining("another value");
        assertThat(settings(Map.of("mountopt", "xino=on,xino=on")).more()).containsExactly("xino=on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a b", "a\\b", "a=b", "a\nb", "\u00e9"})
    void labelThatIsNoneIsRefused(String label) {
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> settings(Map.of("mount_label", label)))
                .withMessageContaining("overlay.mount_label");
        assertThatExceptionOfType(UnsupportedException.class)
                .isThrownBy(() -> settings(Map.of("mount_label", "x".repeat(256))));
    }

    @ParameterizedTest
    @CsvSource({"index,1", "redirect_dir,true", "metacopy,yes", "volatile,ON"})
    void otherValuesAreRefusedWithTheChoices(String key, String value) {
        assertThatExceptionOfType(UnsupportedException.class).isThrownBy(() -> settings(Map.of(key, value)))
                .withMessageContaining("overlay." + key + " cannot be " + value)
                .satisfies(e -> assertThat(e.hint()).get().asString().contains("on"));
    }
}
