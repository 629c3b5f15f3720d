package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

/** On the module path, as it is delivered, the product finds its adapters. */
class ServiceBindingIT extends CliTest {
    private static final String NATIVE = "dev.varve.adapter.syscall.ffm,com.github.luben.zstd_jni";

    @Test
    void theBuiltModulesFindBothDrivers() throws IOException {
        TreeMap<String, String> drivers = FlatJson.parse(java("driver", "ls").succeeds().bytes());
        assertThat(drivers).containsEntry("drivers/0/driver", "overlay")
                .containsEntry("drivers/1/driver", "vfs")
                .containsEntry("drivers/1/support", "yes")
                .doesNotContainKey("drivers/2/driver");
    }

    /** It needs the archive adapter, and with zstd its native library too. */
    @Test
    void theBuiltModulesReadAndWriteArchives() throws IOException {
        java("layer", "apply", "base", "-").withInput(BASE).succeeds();
        Path diff = directory().resolve("diff.tar.zst");
        TreeMap<String, String> written = FlatJson.parse(
                java("layer", "diff", "base", "--compression", "zstd", "-o", diff.toString()).succeeds().bytes());
        assertThat(written).containsEntry("mediaType", OciLayout.TAR + "+zstd");
        java("layer", "apply", "copy", diff.toString()).succeeds();
    }

    private Command java(String... words) {
        String lib = Path.of(System.getProperty("varve.dist", "../app/target/dist"))
                .toAbsolutePath()
                .resolve("lib")
                .normalize()
                .toString();
        return Command
                .of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-p", lib,
                        "--enable-native-access=" + NATIVE, "--illegal-native-access=deny", "-m",
                        "dev.varve.app/dev.varve.app.cli.Main", "--store", store().toString(), "--json")
                .with(words);
    }
}
