package dev.varve.adapter.store.file;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
import dev.varve.domain.path.EntryName;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** The same small store for every test of faults, and the operations that are tried on it. */
enum Scenario {
    PUT_NEW,
    PUT_NEW_WITH_HIGH_NUMBER,
    REPLACE,
    REMOVE,
    REMOVE_MISSING,
    PUT_IMAGE,
    REPLACE_IMAGE,
    REMOVE_IMAGE,
    PUT_LEASES,
    REPLACE_LEASES,
    REMOVE_LEASES,
    NEXT_NUMBER;

    static final Path HOME = Path.of("/srv/varve");
    static final String DRIVER = "overlay";
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");

    void run(Catalogue catalogue) throws VarveException {
        switch (this) {
            case PUT_NEW -> catalogue.put(layer(9, "new", Optional.of(1L)));
            case PUT_NEW_WITH_HIGH_NUMBER -> catalogue.put(layer(1000, "new", Optional.empty()));
            case REPLACE -> catalogue.put(layer(2, "renamed", Optional.empty()));
            case REMOVE -> catalogue.remove(new LayerNumber(2));
            case REMOVE_MISSING -> catalogue.remove(new LayerNumber(20));
            case PUT_IMAGE -> catalogue.putImage(image("new", "n:1"), config("new"));
            case REPLACE_IMAGE -> catalogue.putImage(image("old", "n:1"), config("old"));
            case REMOVE_IMAGE -> catalogue.removeImage(image("old", "o:1"));
            case PUT_LEASES -> catalogue.putLeases(new LayerNumber(1), List.of(lease(1, "a")));
            case REPLACE_LEASES -> catalogue.putLeases(new LayerNumber(2), List.of(lease(2, "b"), lease(2, "c")));
            case REMOVE_LEASES -> catalogue.putLeases(new LayerNumber(2), List.of());
            case NEXT_NUMBER -> catalogue.nextNumber();
        }
    }

    /** Whether it must succeed on a full disk. */
    boolean needsNoSpace() {
        return switch (this) {
            case REMOVE, REMOVE_MISSING, REMOVE_IMAGE, REMOVE_LEASES -> true;
            default -> false;
        };
    }

    /** A host with an empty home. */
    static MemorySyscalls emptyHost() throws VarveException {
        MemorySyscalls host = MemorySyscalls.create();
        host.makeDirectories(HOME);
        return host;
    }

    /** A host with the store. */
    static MemorySyscalls host() throws VarveException {
        MemorySyscalls host = emptyHost();
        try (Catalogue catalogue = open(host)) {
            catalogue.nextNumber();
            catalogue.put(layer(1, "base", Optional.empty()));
            catalogue.put(layer(2, "old", Optional.of(1L)));
            catalogue.putLeases(new LayerNumber(2), List.of(lease(2, "a")));
            catalogue.putImage(image("old", "o:1"), config("old"));
        }
        return host;
    }

    static Catalogue open(MemorySyscalls process) throws VarveException {
        return new FileCatalogueProvider().open(HOME, process, DRIVER);
    }

    static LayerRecord layer(long number, String id, Optional<Long> parent) {
        return LayerRecord.create(new LayerNumber(number), new LayerId(id), LayerKind.ACTIVE, TreeForm.DELTA,
                parent.map(LayerNumber::new), Map.of("k", "v"), NOW);
    }

    static LeaseRecord lease(long layer, String token) {
        return new LeaseRecord(new LayerNumber(layer), token, 1, "boot", LeasePurpose.RESERVATION, Access.READ_ONLY,
                NOW);
    }

    static byte[] config(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    static ImageRecord image(String config, String name) {
        return new ImageRecord(Digest.sha256(config(config)), List.of(name), List.of(), null, NOW);
    }

    /** All that a catalogue tells, for comparison. */
    static State state(Catalogue catalogue) throws VarveException {
        List<String> configs = new ArrayList<>();
        for (ImageRecord image : catalogue.images()) {
            configs.add(new String(catalogue.imageConfig(image), StandardCharsets.UTF_8));
        }
        return new State(catalogue.layers(), catalogue.children(new LayerNumber(1)), catalogue.leases(),
                catalogue.images(), configs);
    }

    /** What a process sees that opens the store now; afterwards nothing is left in staging and no handle is open. */
    static State reopened(MemorySyscalls process) throws VarveException {
        State state;
        try (Catalogue catalogue = open(process)) {
            state = state(catalogue);
        }
        requireTidy(process);
        return state;
    }

    static void requireTidy(MemorySyscalls process) throws VarveException {
        if (process.openHandles() != 0) {
            throw new AssertionError(process.openHandles() + " handles left open");
        }
        Path catalogue = HOME.resolve("catalogue");
        if (!names(process, catalogue.resolve("staging")).isEmpty()) {
            throw new AssertionError("staging is not empty");
        }
        if (!names(process, catalogue.resolve("layers")).containsAll(names(process, catalogue.resolve("leases")))) {
            throw new AssertionError("a lease without a layer");
        }
        if (!names(process, catalogue.resolve("images")).equals(names(process, catalogue.resolve("configs")))) {
            throw new AssertionError("images and configurations differ");
        }
    }

    static List<EntryName> names(MemorySyscalls process, Path path) throws VarveException {
        try (Directory directory = process.directory(path)) {
            return directory.list();
        }
    }

    record State(List<LayerRecord> layers, List<LayerRecord> children, List<LeaseRecord> leases,
            List<ImageRecord> images, List<String> configs) {
        /** What is the same after a power loss; leases end with the boot that they were taken in. */
        State lasting() {
            return new State(layers, children, List.of(), images, configs);
        }
    }
}
