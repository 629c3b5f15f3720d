package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.varve.testkit.tree.TreeListing;

/** A containerd of this test's own, with all that it keeps in one directory, that runs no container. */
final class Containerd implements AutoCloseable {
    private static final int SECONDS = 60;
    /** Its layers are plain directories, which need no mount. */
    private static final List<String> NATIVE = List.of("--snapshotter", "native");
    private final Path directory;
    private final Path sockets;
    private final Process process;

    private Containerd(Path directory, Path sockets, Process process) {
        this.directory = directory;
        this.sockets = sockets;
        this.process = process;
    }

    static boolean exists() {
        return Command.exists("containerd") && Command.exists("ctr");
    }

    /** Starts one; @param directory is made, and the caller's to delete */
    static Containerd start(Path directory) throws IOException {
        Files.createDirectory(directory);
        Path sockets = Files.createTempDirectory("varve-ctd"); // 107 bytes at most: unix(7)
        Path config = Files.writeString(directory.resolve("config.toml"), """
                version = 2
                root = "%s"
                state = "%s"
                disabled_plugins = ["io.containerd.grpc.v1.cri"]
                [grpc]
                address = "%s"
                """.formatted(directory.resolve("root"), directory.resolve("state"), sockets.resolve("s")));
        Process process = new ProcessBuilder("containerd", "--config", config.toString()).redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Containerd started = new Containerd(directory, sockets, process);
        try {
            started.await();
        } catch (IOException e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void await() throws IOException {
        for (int i = 0; i < SECONDS * 2; i++) {
            if (ctr("version").run().code() == 0) {
                return;
            }
            try {
                if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
        throw new IOException("containerd does not answer: " + Files.readString(directory.resolve("log")));
    }

    private Command ctr(String... words) {
        return Command.of("ctr", "--address", sockets.resolve("s").toString()).with(words);
    }

    /** Imports an archive with one image, and returns the digest of the image's configuration. */
    String load(Path archive, boolean unpack) throws IOException {
        Command load = ctr("image", "import");
        (unpack ? load.with(NATIVE.toArray(String[]::new)) : load.with("--no-unpack")).with(archive.toString())
                .succeeds();
        List<String> images = ctr("image", "ls").succeeds().output().lines().skip(1).toList();
        assertThat(images).hasSize(1);
        String manifest = images.getFirst().split(" +", -1)[2];
        return FlatJson.parse(ctr("content", "get", manifest).succeeds().bytes()).getOrDefault("config/digest", "");
    }

    /** The tree of the last layer of the image with this chain ID. */
    TreeListing tree(String chainId) throws IOException {
        String mount = ctr("snapshots").with(NATIVE.toArray(String[]::new))
                .with("view", "--target", "/nowhere", "view", chainId) // what is committed has no mounts of its own
                .succeeds()
                .line();
        // mount -t bind SOURCE TARGET -o OPTIONS
        return Kernel.listing(Path.of(mount.split(" ")[3]));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        Drivers.delete(sockets);
    }
}
