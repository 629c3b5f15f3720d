package dev.varve.app.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.ServiceLoader;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.in.Images;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.syscall.SyscallProvider;
import dev.varve.ports.syscall.Syscalls;

import static org.assertj.core.api.Assertions.assertThat;

/** An image service over fakes of the store, and the real adapters for archives and files. */
abstract class ImageFixture {
    @TempDir
    Path temp;
    Path staging;
    final FakeCatalogue catalogue = new FakeCatalogue();
    final FakeLayers layers = new FakeLayers(catalogue);
    Images images;

    @BeforeEach
    void open() throws IOException {
        Syscalls syscalls = ServiceLoader.load(SyscallProvider.class).findFirst().orElseThrow().open();
        staging = Files.createDirectory(temp.resolve("staging"));
        images = new ImageService(layers, layers::hold, layers::retire, catalogue, SampleImage.ARCHIVES,
                () -> syscalls.directory(staging), Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC));
    }

    @AfterEach
    void stagingIsEmpty() {
        assertThat(staging).isEmptyDirectory();
    }

    Image load(byte[] archive) throws VarveException {
        return images.load(new ByteArrayInputStream(archive), Optional.empty(), Images.Progress.NONE);
    }

    Image load(ImageFiles files) throws VarveException {
        return load(files.tar());
    }

    Image load(ImageFiles files, String name) throws VarveException {
        return images.load(new ByteArrayInputStream(files.tar()), Optional.of(name), Images.Progress.NONE);
    }

    Path directory(ImageFiles files) throws IOException {
        return files.writeTo(Files.createTempDirectory(temp, "image"));
    }
}
