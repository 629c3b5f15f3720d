package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Images.Commit;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Lease;
import dev.varve.testkit.tree.TarBuilder;

/** An image is made of one state of a layer, while others want to write to it. */
@Tag("kernel")
class ImageCommitIT {
    private static final LayerId WORK = new LayerId("work");
    private static final int IMAGES = 5;
    /** So many that reading them takes longer than writing two files does. */
    private static final int FILES = 1500;
    private final AtomicBoolean enough = new AtomicBoolean();
    private Path directory = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Drivers.freshDirectory();
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        Drivers.delete(directory);
    }

    @Test
    void noWriterComesInBetween() throws IOException, InterruptedException, ExecutionException {
        Path image = new OciLayout(directory.resolve("image")).add(new TarBuilder().file("base", "b").build())
                .finish("base");
        try (Varve varve = Varve.open(VarveConfig.of(directory.resolve("store")));
                ExecutorService writer = Executors.newSingleThreadExecutor()) {
            varve.layers().create(WORK, Optional.of(varve.images().load(image).top()), java.util.Map.of());
            try (Lease lease = varve.layers().acquire(WORK)) {
                write(lease, 0);
                Path between = Files.createDirectory(lease.path().resolve("m"));
                for (int i = 0; i < FILES; i++) {
                    Files.writeString(between.resolve(Integer.toString(i)), "");
                }
            }
            Future<Integer> written = writer.submit(() -> writeUntilEnough(varve));
            try {
                for (int n = 0; n < IMAGES; n++) {
                    try (Lease lease = varve.layers().acquire(commit(varve, "made-" + n).top())) {
                        assertThat(lease.path().resolve("z")).hasContent(Files.readString(lease.path().resolve("a")));
                    }
                }
            } finally {
                enough.set(true);
            }
            assertThat(written.get()).isGreaterThan(0);
        }
    }

    private static void write(Lease lease, int number) throws IOException {
        Files.writeString(lease.path().resolve("a"), Integer.toString(number));
        Files.writeString(lease.path().resolve("z"), Integer.toString(number));
    }

    private int writeUntilEnough(Varve varve) throws IOException, InterruptedException {
        int number = 0;
        while (!enough.get()) {
            try (Lease lease = varve.layers().acquire(WORK)) {
                write(lease, number + 1);
                number++;
            } catch (LayerInUseException e) {
                assertThat(e).hasMessageContaining("cannot be written to meanwhile");
            }
            Thread.sleep(2);
        }
        return number;
    }

    private static Image commit(Varve varve, String name) throws VarveException {
        while (true) {
            try {
                return varve.images().commit(WORK, name, Commit.PLAIN);
            } catch (LayerInUseException e) {
                assertThat(e).hasMessageContaining("mount for writing");
            }
        }
    }
}
