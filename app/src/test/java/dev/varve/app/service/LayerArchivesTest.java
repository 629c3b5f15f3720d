package dev.varve.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerBlob.Written;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.Lease;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;
import dev.varve.testkit.tree.TarBuilder;

/** Differences of layers that are full trees, as archives. */
class LayerArchivesTest {
    private static final LayerId BASE = new LayerId("base");
    private static final LayerId WORK = new LayerId("work");
    private static final LayerId COPY = new LayerId("copy");
    private final MemorySyscalls host = MemorySyscalls.create();
    private Store store;
    private LayerStore layers;

    @BeforeEach
    void open() throws VarveException {
        store = MemoryStore.open(host, MemoryStore.ARCHIVES);
        layers = store.layers();
        layers.apply(BASE, new ByteArrayInputStream(new TarBuilder().file("f", "f").file("g", "g").build()));
        layers.create(WORK, BASE);
    }

    @AfterEach
    void close() throws VarveException {
        store.close();
    }

    private void makeDevice(String name, int minor) throws VarveException {
        try (Lease lease = layers.acquire(WORK); Directory root = host.directory(lease.path())) {
            if (root.find(EntryName.of(name)).isPresent()) {
                root.remove(EntryName.of(name));
            }
            root.makeNode(EntryName.of(name), FileType.CHARACTER_DEVICE, 0600, 0, minor);
        }
    }

    @Test
    void aDeviceThatReadsAsAWhiteoutIsLeftOutAndHidesWhatItTookThePlaceOf() throws VarveException {
        makeDevice("f", 0);
        makeDevice("new", 0);
        makeDevice("other", 1);
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        Written written = layers.diff(WORK).writeTo(archive, Compression.NONE);
        assertThat(written.omissions()).hasSize(2)
                .allSatisfy(o -> assertThat(o.toString()).contains("character device 0:0"));
        layers.apply(COPY, BASE, new ByteArrayInputStream(archive.toByteArray()));
        assertThat(layers.changes(COPY).list()).extracting(Object::toString).containsExactly("D /f", "A /other");
    }

    /** Has room for so many bytes; what it keeps back comes when it is flushed. */
    private static OutputStream full(int room, boolean buffering) {
        return new OutputStream() {
            private int left = room;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0 && !buffering) {
                    throw new IOException("No space left on device");
                }
            }

            @Override
            public void flush() throws IOException {
                if (left < 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatFailsIsTheHostsFailure(Compression compression) throws VarveException {
        makeDevice("other", 1);
        for (LayerId id : new LayerId[]{BASE, WORK}) {
            for (boolean buffering : new boolean[]{false, true}) {
                for (int room = 0; room < 60; room += 7) {
                    OutputStream out = full(room, buffering);
                    assertThatExceptionOfType(SyscallFailedException.class)
                            .isThrownBy(() -> layers.diff(id).writeTo(out, compression))
                            .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC))
                            .withMessageContaining("cannot write the layer archive");
                }
            }
        }
    }

    @Test
    void whatTheSourceThrowsComesToTheCallerAndNoLayerIsMade() throws VarveException {
        IllegalStateException enough = new IllegalStateException("enough");
        byte[] tar = new TarBuilder().file("f", "f").build();
        InputStream archive = new SequenceInputStream(new ByteArrayInputStream(tar, 0, 1024), new InputStream() {
            @Override
            public int read() {
                throw enough;
            }
        });
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> layers.apply(COPY, BASE, archive))
                .isSameAs(enough);
        assertThat(layers.exists(COPY)).isFalse();
    }
}
