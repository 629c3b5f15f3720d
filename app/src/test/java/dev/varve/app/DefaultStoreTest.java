package dev.varve.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;

class DefaultStoreTest {
    @Test
    void rootsIsTheHosts() {
        assertThat(DefaultStore.path(Map.of("XDG_DATA_HOME", "/data"), true, "/root"))
                .isEqualTo(Path.of("/var/lib/varve"));
    }

    @Test
    void othersHaveItWhereTheyKeepData() {
        assertThat(DefaultStore.path(Map.of("XDG_DATA_HOME", "/data"), false, "/home/u"))
                .isEqualTo(Path.of("/data/varve"));
        assertThat(DefaultStore.path(Map.of(), false, "/home/u")).isEqualTo(Path.of("/home/u/.local/share/varve"));
    }

    @Test
    void aRelativeDataHomeIsIgnored() {
        assertThat(DefaultStore.path(Map.of("XDG_DATA_HOME", "data"), false, "/home/u"))
                .isEqualTo(Path.of("/home/u/.local/share/varve"));
    }

    @Test
    void theEnvironmentKnowsBetterThanTheUserDatabase() {
        assertThat(DefaultStore.path(Map.of("HOME", "/h"), false, "/nonexistent"))
                .isEqualTo(Path.of("/h/.local/share/varve"));
        assertThat(DefaultStore.path(Map.of("HOME", ""), false, "/home/u"))
                .isEqualTo(Path.of("/home/u/.local/share/varve"));
    }

    @Test
    void aUserThatNoDatabaseKnowsHasTheEnvironmentsHome() {
        assertThat(DefaultStore.path(Map.of("HOME", "/h"), false, "?")).isEqualTo(Path.of("/h/.local/share/varve"));
        assertThatThrownBy(() -> DefaultStore.path(Map.of(), false, "?")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("home directory");
    }

    @Test
    void rootIsToldByNumber() throws Exception {
        Path made = Files.createTempFile("varve", null);
        try {
            assertThat(DefaultStore.isRoot()).isEqualTo(Files.getAttribute(made, "unix:uid").equals(0));
        } finally {
            Files.delete(made);
        }
    }
}
