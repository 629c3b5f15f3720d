package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.condition.EnabledIf;

import dev.varve.app.Varve;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/** The overlay driver's options on a real kernel: the mount table shows them, and they do what they say. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class OverlayOptionsIT extends OverlayStoreTest {
    private static final byte[] BASE = new TarBuilder().directory("d/")
            .file("d/a", "a")
            .file("h1", "linked")
            .hardLink("h2", "h1")
            .entry("run", '0', 0755, 0, 0, 1, "",
                    "#!/bin/sh\nexit 0\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .build();

    private static void twoLayers(Varve varve) throws IOException {
        apply(varve, "base", "", BASE);
        create(varve, "c", "base");
    }

    private static void rename(Path root) throws IOException {
        Files.move(root.resolve("d"), root.resolve("e"), StandardCopyOption.ATOMIC_MOVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd", "string", "legacy"})
    void everyOptionIsGivenInEachWay(String api) throws IOException {
        try (Varve varve = open("mount_api=" + api, "index=on", "metacopy=on", "volatile=on",
                "mountopt=nodev,nosuid,noexec,noatime,xino=auto,uuid=null")) {
            twoLayers(varve);
            in(varve, "c", root -> {
                assertThat(mount(root).mountOptions()).contains("rw", "nodev", "nosuid", "noexec", "noatime");
                assertThat(mount(root).superOptions()).contains("index=on", "redirect_dir=on", "metacopy=on")
                        .containsAnyOf("volatile", "fsync=volatile");
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> new ProcessBuilder(root.resolve("run").toString()).start());
            });
            create(varve, "top", "c");
            in(varve, "c", root -> {
                assertThat(mount(root).mountOptions()).contains("ro", "nodev", "nosuid", "noexec", "noatime");
                assertThat(mount(root).superOptions()).doesNotContain("index=on", "volatile", "fsync=volatile");
            });
        }
    }

    @Test
    void directoriesOfLowerLayersAreRenamedOnlyWhereAskedFor() throws IOException {
        try (Varve varve = open()) {
            twoLayers(varve);
            in(varve, "c", root -> assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> rename(root)));
        }
        try (Varve varve = open("redirect_dir=on")) {
            in(varve, "c", root -> rename(root));
        }
        try (Varve varve = open("redirect_dir=nofollow")) {
            in(varve, "c", root -> assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> Files.readString(root.resolve("e/a"))));
        }
        try (Varve varve = open("redirect_dir=follow")) {
            in(varve, "c", root -> assertThat(root.resolve("e/a")).hasContent("a"));
        }
    }

    @Test
    void attributesOfMountsHoldForBaseLayersToo() throws IOException {
        try (Varve varve = open("mountopt=noexec,noatime")) {
            create(varve, "base", "");
            in(varve, "base", root -> {
                assertThat(mount(root).mountOptions()).contains("rw", "noexec", "noatime");
                Files.writeString(root.resolve("f"), "f");
            });
            create(varve, "top", "base");
            in(varve, "base", root -> {
                assertThat(mount(root).mountOptions()).contains("ro", "noexec", "noatime");
                assertThat(root.resolve("f")).hasContent("f");
            });
        }
    }

    @Test
    void aLayerThatIsMountedWithOtherOptionsIsNotMountedAgain() throws IOException {
        try (Varve plain = open(); Varve strict = open("mountopt=noexec")) {
            twoLayers(plain);
            try (Lease lease = plain.layers().acquire(id("c"))) {
                assertThatExceptionOfType(WrongStateException.class).isThrownBy(() -> strict.layers().acquire(id("c")))
                        .withMessageContaining("noexec");
                assertThat(mount(lease.path()).mountOptions()).doesNotContain("noexec");
            }
            in(strict, "c", root -> assertThat(mount(root).mountOptions()).contains("noexec"));
        }
    }

    @Test
    void aLabelIsRefusedAtOpeningWhereTheHostHasNoSelinux() {
        org.junit.jupiter.api.Assumptions.assumeFalse(Files.isDirectory(Path.of("/sys/fs/selinux/booleans")),
                "this host has SELinux");
        for (String api : new String[]{"fd", "string", "legacy"}) {
            assertThatExceptionOfType(UnsupportedException.class)
                    .isThrownBy(() -> open("mount_api=" + api, "mount_label=u:object_r:t:s0:c1,c2"))
                    .withMessageContaining("prerequisites")
                    .withMessageContaining("overlay.mount_label=u:object_r:t:s0:c1,c2")
                    .withMessageContaining("EINVAL");
        }
    }

    @Test
    void statusTriesEverythingAndLeavesNothing() throws IOException {
        try (Varve varve = open()) {
            Map<String, String> found = varve.status()
                    .driverFindings()
                    .stream()
                    .collect(Collectors.toMap(Finding::name, Finding::value));
            assertThat(found).containsEntry("overlay", "yes")
                    .containsEntry("d_type", "yes")
                    .containsEntry("xattr_trusted", "yes")
                    .containsEntry("redirect_dir", "yes")
                    .containsEntry("metacopy", "yes")
                    .containsEntry("mount_legacy", "yes")
                    .containsKeys("lowerdir_string", "lowerdir_fd", "userxattr", "xattr_whiteouts", "index", "volatile",
                            "data_only_lowers", "idmapped_lowers")
                    .doesNotContainKey("probes");
            try (var left = Files.list(store().resolve("overlay"))) {
                assertThat(left.map(p -> p.getFileName().toString())).noneMatch(n -> n.startsWith("probe"));
            }
        }
    }

    @Test
    void whatAKilledProbeLeftIsRemoved() throws IOException {
        try (Varve varve = open()) {
            create(varve, "base", "");
        }
        Path left = store().resolve("overlay/probe-1-abc/0");
        for (String part : new String[]{"1", "2", "u", "w", "m"}) {
            Files.createDirectories(left.resolve(part));
        }
        Command.of("mount", "-t", "overlay", "varve", "-o",
                "lowerdir=" + left.resolve("1") + ",upperdir=" + left.resolve("u") + ",workdir=" + left.resolve("w"),
                left.resolve("m").toString()).succeeds();
        open().close();
        assertThat(store().resolve("overlay/probe-1-abc")).doesNotExist();
    }
}
