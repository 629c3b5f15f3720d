package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.varve.app.Varve;
import dev.varve.domain.change.Change;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.LayerBlob;
import dev.varve.ports.in.LayerBlob.Written;
import dev.varve.ports.in.LayerStore.Changes;
import dev.varve.ports.in.LayerStore.Method;

/** What the verbs that compare layers do. */
final class DiffActions {
    private DiffActions() {}

    static void changes(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        Optional<LayerId> against = in.layerOption("--parent");
        Comparison comparison = in.choice("--compare", Comparison.METADATA);
        Changes changes;
        try (Varve varve = in.open()) {
            changes = varve.layers().changes(id, against, comparison);
        }
        if (in.output().json()) {
            in.output().document(o -> {
                o.field("id", id.toString())
                        .objects("changes", changes.list(),
                                (c, change) -> c.field("kind", Character.toString(change.kind().letter()))
                                        .field("path", change.path().toString()));
                write(o, changes.method());
            });
            return;
        }
        for (Change change : changes.list()) {
            in.output().line(change.toString());
        }
    }

    static void diff(Invocation in) throws IOException {
        LayerId id = in.layer(0);
        Optional<LayerId> against = in.layerOption("--parent");
        Comparison comparison = in.choice("--compare", Comparison.METADATA);
        Compression compression = in.choice("--compression", Compression.NONE);
        Optional<Path> file = target(in);
        Written written;
        try (Varve varve = in.open(); ProgressLine progress = in.output().progress()) {
            LayerBlob blob = varve.layers().diff(id, against, comparison);
            written = file.isPresent() ? blob.writeTo(file.get(), compression)
                    : blob.writeTo(progress.writing(in.output().stream(), "writing " + id), compression);
            in.output().flush();
        }
        if (in.output().json()) {
            in.output().document(o -> {
                o.field("id", id.toString())
                        .field("file", file)
                        .field("blob", written.blob().toString())
                        .field("diffId", written.diffId().toString())
                        .field("size", written.size())
                        .field("entries", written.entries())
                        .field("mediaType", written.compression().mediaType());
                write(o, written.method());
                Omissions.write(o, written.omissions());
            });
            return;
        }
        in.output().word("diff-id  " + written.diffId());
        if (compression != Compression.NONE) {
            in.output().word("blob     " + written.blob());
        }
        in.output().word("size     " + written.size() + " (" + written.entries() + " entries)");
        Omissions.report(in.output(), written.omissions());
    }

    /** The file to write; empty for standard output. */
    static Optional<Path> target(Invocation in) throws CliException {
        Optional<String> named = in.option("-o");
        if (named.isPresent() && !named.get().equals(Invocation.STREAM)) {
            Path file = GlobalOptions.path("-o", named.get());
            Path parent = file.toAbsolutePath().getParent();
            if (parent == null || Files.isDirectory(file)) {
                throw CliException.usage("-o " + file + ": a directory", "name a file in it");
            }
            if (!Files.isDirectory(parent)) {
                throw new CliException(ExitCode.NO_SUCH_THING, "-o " + file + ": no such directory",
                        "make it first: mkdir -p " + parent);
            }
            return Optional.of(file);
        }
        if (in.output().json()) {
            throw CliException.usage("--json needs -o FILE: standard output cannot hold the archive as well",
                    "name a file with -o, or leave --json out");
        }
        if (named.isEmpty() && in.output().terminal().output()) {
            throw CliException.usage("an archive is not for a terminal", "name a file with -o, or redirect the output");
        }
        return Optional.empty();
    }

    private static void write(Json json, Method method) {
        json.object("method", m -> m.field("fromDelta", method.fromDelta()).field("reason", method.reason()));
    }
}
