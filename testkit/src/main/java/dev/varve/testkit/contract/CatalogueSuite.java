package dev.varve.testkit.contract;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import dev.varve.domain.digest.Digest;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.ImageRecord;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerNumber;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.LeasePurpose;
import dev.varve.domain.layer.LeaseRecord;
import dev.varve.domain.layer.TreeForm;
import dev.varve.ports.store.Catalogue;

/**
 * What the suites about a {@link Catalogue} share. A subclass says how one is opened; each test begins with an empty store.
 */
@Timeout(120)
abstract class CatalogueSuite {
    static final String DRIVER = "overlay";
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
    private final List<Catalogue> opened = new ArrayList<>();
    private @Nullable Catalogue first;

    CatalogueSuite() {}

    /** Opens the store of this test once more, as another process does. */
    protected abstract Catalogue open(String driver) throws VarveException;

    @BeforeEach
    final void openFirst() throws VarveException {
        first = reopen();
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(Catalogue::close);
    }

    final Catalogue reopen() throws VarveException {
        Catalogue catalogue = open(DRIVER);
        opened.add(catalogue);
        return catalogue;
    }

    final Catalogue first() {
        return java.util.Objects.requireNonNull(first);
    }

    final LayerRecord layer(String id, Optional<LayerNumber> parent) throws VarveException {
        return LayerRecord.create(first().nextNumber(), new LayerId(id), LayerKind.ACTIVE, TreeForm.DELTA, parent,
                Map.of("containerd.io/uncompressed", "x"), NOW);
    }

    static byte[] config(String name) {
        return ("{\"name\": \"" + name + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    static ImageRecord image(String name, List<String> names) {
        return new ImageRecord(Digest.sha256(config(name)), names, List.of(), null, NOW);
    }

    static LeaseRecord lease(LayerNumber layer, String token, long age) {
        return new LeaseRecord(layer, token, 4711, "7a1f0c5e", LeasePurpose.ROOT, Access.READ_WRITE,
                NOW.plusSeconds(age));
    }
}
