package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

import dev.varve.app.Varve;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.in.Images.Commit;
import dev.varve.ports.in.Images.Format;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.Images.Saved;
import dev.varve.ports.in.Images.Target;
import dev.varve.ports.in.LayerBlob.Written;
import picocli.CommandLine.Model.CommandSpec;

/** The verbs that make images, and write them out. */
final class ImageActions {
    private ImageActions() {}

    static CommandSpec saveVerb() {
        return Verb
                .of("save", "image save NAME [--format oci|docker] [--compression none|gzip|zstd] [-o FILE|DIR/|-]",
                        "Writes an image as other tools load it: its layers as they came, under its digest.",
                        ImageActions::save)
                .argument("NAME", "a name, a digest or the beginning of its digits")
                .option("--format", "HOW",
                        "docker (an OCI image layout that docker load reads too; default) or oci (the layout alone;"
                                + " default for a directory)")
                .option("--compression", "HOW", "of the layers: none (default), gzip or zstd")
                .option("-o", "FILE|DIR/|-",
                        "a tar there; or a new or empty directory; else a tar to standard output, if that is no terminal")
                .example("varve image save debian:12 -o debian.tar", "varve image save debian:12 | docker load",
                        "varve image save debian:12 --compression gzip -o layout/");
    }

    static CommandSpec commitVerb() {
        return Verb.of("commit", "image commit LAYER NAME [--author WHO] [--message TEXT] [--image BASE]",
                "Makes an image: what the layer changes, on top of the image it lies on. Prints the image's digest,"
                        + " and the diff ID and the id of its new layer.",
                ImageActions::commit)
                .argument("LAYER", "a layer that is not mounted for writing; it stays as it is")
                .argument("NAME", "what the image is to be called")
                .option("--author", "WHO", "for the image's history")
                .option("--message", "TEXT", "for the image's history")
                .option("--image", "BASE", "the image below, where several have the same layers")
                .example("varve image commit web-1 web:2 --author me --message motd");
    }

    private static void save(Invocation in) throws IOException {
        String reference = in.argument(0);
        Compression compression = in.choice("--compression", Compression.NONE);
        Optional<Path> directory = directory(in);
        Format format = in.choice("--format", directory.isPresent() ? Format.OCI : Format.DOCKER);
        Optional<Path> file = directory.isPresent() ? Optional.empty() : DiffActions.target(in);
        Saved saved;
        try (Varve varve = in.open(); ProgressLine progress = in.output().progress()) {
            Target target = directory.isPresent() ? new Target.Directory(directory.get())
                    : file.isPresent() ? new Target.Archive(file.get()) : new Target.Stream(in.output().stream());
            saved = varve.images().save(reference, target, format, compression, progress);
            in.output().flush();
        }
        if (in.output().json()) {
            in.output()
                    .document(o -> o.field("digest", saved.image().toString())
                            .field("file", directory.isPresent() ? directory : file)
                            .field("manifest", saved.manifest().toString())
                            .texts("names", saved.names())
                            .objects("layers", saved.layers(),
                                    (l, layer) -> l.field("blob", layer.blob().toString())
                                            .field("diffId", layer.diffId().toString())
                                            .field("size", layer.size())
                                            .field("mediaType", layer.compression().mediaType())));
            return;
        }
        in.output().word("digest   " + saved.image());
        in.output().word("manifest " + saved.manifest());
        in.output()
                .word("layers   " + saved.layers().size() + " ("
                        + Plain.bytes(saved.layers().stream().mapToLong(Written::size).sum()) + ")");
    }

    /** The directory to write to; empty for a file or standard output. */
    private static Optional<Path> directory(Invocation in) throws IOException {
        Optional<String> named = in.option("-o");
        if (named.isEmpty() || named.get().equals(Invocation.STREAM)) {
            return Optional.empty();
        }
        Path path = GlobalOptions.path("-o", named.get());
        if (!Files.isDirectory(path)) {
            if (!named.get().endsWith("/")) {
                return Optional.empty();
            }
            if (Files.exists(path)) {
                throw new CliException(ExitCode.EXISTS, "-o " + named.get() + ": exists, and is no directory",
                        "leave the / at its end out for a tar, or name another directory");
            }
            Path parent = path.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new CliException(ExitCode.NO_SUCH_THING, "-o " + named.get() + ": no such directory: " + parent,
                        "make it first: mkdir -p " + parent);
            }
            return Optional.of(path);
        }
        try (Stream<Path> content = Files.list(path)) {
            if (content.findAny().isPresent()) {
                throw new CliException(ExitCode.EXISTS, "-o " + named.get() + ": the directory is not empty",
                        "name an empty directory or one that is not there yet, or a file");
            }
        }
        return Optional.of(path);
    }

    private static void commit(Invocation in) throws IOException {
        LayerId layer = in.layer(0);
        Image image;
        try (Varve varve = in.open()) {
            image = varve.images()
                    .commit(layer, in.argument(1),
                            new Commit(in.option("--author"), in.option("--message"), in.option("--image")));
        }
        String diffId = image.diffIds().getLast().toString();
        if (in.output().json()) {
            in.output().document(o -> {
                ImageCommands.write(o, image);
                o.field("diffId", diffId);
                Omissions.write(o, image.omissions());
            });
            return;
        }
        Table.ofFields()
                .row("digest", image.digest())
                .row("diff-id", diffId)
                .row("layer", image.top())
                .print(in.output());
        Omissions.report(in.output(), image.omissions());
    }
}
