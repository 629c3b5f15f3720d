package dev.varve.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.varve.app.Varve;
import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Access;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.LayerStore.Applied;
import dev.varve.ports.in.LayerStore.Filled;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.LayerStore.LayerInfo;
import dev.varve.ports.in.Lease;

/** What the verbs about layers do. */
final class LayerActions {
    private LayerActions() {}

    static void create(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        Below below = Below.of(in);
        Map<String, String> labels = new TreeMap<>();
        GlobalOptions.pairs("--label", in.options("--label"), "stage=build")
                .forEach(e -> labels.put(e.getKey(), e.getValue()));
        LayerInfo made;
        try (Varve varve = in.open()) {
            varve.layers().create(id, below.parent(varve), labels);
            made = varve.layers().inspect(id);
        }
        if (in.output().json()) {
            in.output().document(o -> write(o, made));
        } else {
            in.output().line(id.toString());
        }
    }

    /** What a new layer is to lie on: a layer, an image or nothing. */
    private record Below(Optional<LayerId> layer, Optional<String> image) {
        static Below of(Invocation in) throws CliException {
            Below below = new Below(in.layerOption("--parent"), in.option("--image"));
            if (below.layer.isPresent() && below.image.isPresent()) {
                throw CliException.usage("--parent and --image exclude each other",
                        "name the layer or the image that it is to lie on, not both");
            }
            return below;
        }

        Optional<LayerId> parent(Varve varve) throws VarveException {
            return image.isPresent() ? top(varve.images().find(image.get())) : layer;
        }
    }

    /** What a layer on this image has as its parent: nothing, if the image is empty. */
    static Optional<LayerId> top(Image image) {
        return image.layers().isEmpty() ? Optional.empty() : Optional.of(image.top());
    }

    static void apply(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        String source = in.argument(1);
        Below below = Below.of(in);
        boolean stream = source.equals(Invocation.STREAM);
        Applied applied;
        Path file = stream ? Path.of("") : Invocation.existing(source);
        if (!stream && Files.isDirectory(file)) {
            throw CliException.usage(source + " is a directory, not a layer archive",
                    "`varve image load` takes layouts");
        }
        long total = stream ? 0 : Files.size(file);
        try (Varve varve = in.open();
                InputStream archive = stream ? Invocation.standardInput() : Files.newInputStream(file);
                ProgressLine progress = in.output().progress()) {
            applied = varve.layers()
                    .apply(id, below.parent(varve), progress.reading(archive, "applying " + source, total),
                            Expected.ANYTHING);
        } catch (BadDataException e) {
            throw new BadDataException((stream ? "standard input" : source) + ": " + e.getMessage(),
                    e.hint().orElse(""), e);
        }
        if (in.output().json()) {
            in.output().document(o -> {
                o.field("id", id.toString())
                        .field("diffId", applied.diffId().toString())
                        .field("blob", applied.blob().toString())
                        .field("entries", applied.entries());
                o.object("usage", u -> write(u, applied.usage()));
                applied.filled()
                        .ifPresentOrElse(filled -> o.object("filled", f -> write(f, filled)),
                                () -> o.field("filled", Optional.empty()));
                Omissions.write(o, applied.omissions());
            });
            return;
        }
        Table.ofFields().row("diff-id", applied.diffId()).row("size", applied.usage().size()).print(in.output());
        applied.filled()
                .ifPresent(f -> f.reasons()
                        .forEach((reason, count) -> in.output()
                                .word("varve: copied instead of linked: " + Plain.count(count, "file") + ": "
                                        + reason)));
        Omissions.report(in.output(), applied.omissions());
    }

    private static void write(Json json, Filled filled) {
        json.field("linked", filled.linked())
                .field("copied", filled.copied())
                .objects("reasons", filled.reasons().entrySet(),
                        (o, reason) -> o.field("reason", reason.getKey()).field("files", reason.getValue()));
    }

    static void mount(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        Path path;
        Access access;
        try (Varve varve = in.open()) {
            Lease lease = varve.layers().acquire(id);
            path = lease.path();
            access = lease.access();
            lease.detach();
        }
        if (in.output().json()) {
            in.output()
                    .document(o -> o.field("id", id.toString())
                            .field("path", path.toString())
                            .field("access", access.name()));
        } else {
            in.output().raw(path + "\n");
            if (access.equals(Access.READ_ONLY) && Trees.mountAt(path).isEmpty()) {
                in.output().word("varve: a plain directory of a layer that is not to change: do not write there");
            }
        }
    }

    static void unmount(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        int left;
        try (Varve varve = in.open()) {
            left = varve.layers().release(id);
        }
        if (in.output().json()) {
            in.output().document(o -> o.field("id", id.toString()).field("leases", left));
        } else if (left > 0) {
            in.output().word("still mounted: " + Plain.count(left, "hold") + " left");
        }
    }

    static void size(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        Usage usage;
        try (Varve varve = in.open()) {
            usage = varve.layers().usage(id);
        }
        if (in.output().json()) {
            in.output().document(o -> write(o.field("id", id.toString()), usage));
            return;
        }
        Table.ofFields()
                .row("size", usage.size())
                .row("allocated", usage.allocated())
                .row("inodes", usage.inodes())
                .print(in.output());
    }

    static void inspect(Invocation in) throws IOException {
        LayerInfo layer;
        try (Varve varve = in.open()) {
            layer = varve.layers().inspect(in.layer(0));
        }
        if (in.output().json()) {
            in.output().document(o -> write(o, layer));
            return;
        }
        LayerRecord record = layer.record();
        Table table = Table.ofFields()
                .row("id", record.id())
                .row("kind", kind(record))
                .row("parent", layer.parent().map(LayerId::toString).orElse("-"))
                .row("depth", layer.depth())
                .row("children", layer.children())
                .row("leases", layer.leases())
                .row("mounted", layer.mountedAt().map(Path::toString).orElse("-"))
                .row("created", ImageCommands.seconds(record.created()))
                .row("updated", ImageCommands.seconds(record.updated()));
        record.usage().ifPresent(u -> table.row("size", u.size()));
        record.diffId().ifPresent(d -> table.row("diff-id", d));
        record.labels().forEach((key, value) -> table.row("label", key + "=" + value));
        table.print(in.output());
    }

    static void list(Invocation in) throws IOException {
        List<LayerInfo> layers;
        try (Varve varve = in.open()) {
            layers = varve.layers().list();
        }
        if (in.output().json()) {
            in.output().document(o -> o.objects("layers", layers, LayerActions::write));
            return;
        }
        Table table = new Table("KIND", "DEPTH", "CHILDREN", "HELD", "CREATED", "ID");
        for (LayerInfo layer : layers) {
            table.row(kind(layer.record()), layer.depth(), layer.children(), layer.leases(),
                    ImageCommands.seconds(layer.record().created()), layer.record().id());
        }
        table.print(in.output());
    }

    static void remove(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        try (Varve varve = in.open()) {
            varve.layers().remove(id);
        }
        if (in.output().json()) {
            in.output().document(o -> o.field("id", id.toString()).field("removed", true));
        }
    }

    private static String kind(LayerRecord record) {
        return record.kind().name().toLowerCase(java.util.Locale.ROOT);
    }

    private static void write(Json json, LayerInfo layer) {
        LayerRecord record = layer.record();
        json.field("id", record.id().toString())
                .field("number", record.number().value())
                .field("kind", kind(record))
                .field("parent", layer.parent())
                .field("depth", layer.depth())
                .field("children", layer.children())
                .field("leases", layer.leases())
                .field("mountedAt", layer.mountedAt())
                .texts("labels", record.labels())
                .field("created", record.created().toString())
                .field("updated", record.updated().toString())
                .field("diffId", record.diffId());
        if (record.usage().isPresent()) {
            json.object("usage", u -> write(u, record.usage().get()));
        } else {
            json.field("usage", Optional.empty());
        }
    }

    private static void write(Json json, Usage usage) {
        json.field("size", usage.size()).field("allocated", usage.allocated()).field("inodes", usage.inodes());
    }
}
