package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.app.Varve;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.Usage;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.LayerStore;
import picocli.CommandLine.Model.CommandSpec;

/** The verbs about images. */
final class ImageCommands implements Commands.Group {
    @Override
    public String name() {
        return "image";
    }

    @Override
    public String description() {
        return "Images, whose layers others are stacked on.";
    }

    @Override
    public String example() {
        return "varve image load debian.tar --name debian:12";
    }

    @Override
    public List<String> verbs() {
        return List.of("load", "save", "commit", "ls", "inspect", "rm");
    }

    @Override
    public CommandSpec verb(String name) {
        return switch (name) {
            case "load" -> Verb
                    .of("load", "image load FILE|DIR|- [--name NAME]",
                            "Loads a docker-save archive or an OCI image layout; prints the image's digest.",
                            ImageCommands::load)
                    .argument("FILE|DIR|-", "a tar, compressed or not; a layout's directory; - for standard input")
                    .option("--name", "NAME", "call it so, instead of the names that it brings along")
                    .example("varve image load debian.tar", "docker save debian:12 | varve image load - --name base");
            case "save" -> ImageActions.saveVerb();
            case "commit" -> ImageActions.commitVerb();
            case "ls" -> Verb.of("ls", "image ls", "Lists the images.", ImageCommands::list).example("varve image ls");
            case "inspect" -> Verb
                    .of("inspect", "image inspect NAME", "Shows an image and its layers, base first.",
                            ImageCommands::inspect)
                    .argument("NAME", "a name, a digest or the beginning of its digits")
                    .example("varve image inspect debian:12", "varve image inspect debian:12 --json");
            case "rm" -> Verb.of("rm", "image rm NAME",
                    "Takes the name from an image; with the last one goes the image. Prints the layers that went.",
                    ImageCommands::remove)
                    .argument("NAME", "a name, a digest or the beginning of its digits")
                    .example("varve image rm debian:12");
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void load(Invocation in) throws IOException {
        String source = in.argument(0);
        Optional<String> name = in.option("--name");
        boolean stream = source.equals(Invocation.STREAM);
        // Looked for first: a name that is mistyped is not to make a store.
        Path file = stream ? Path.of("") : Invocation.existing(source);
        Image image;
        try (Varve varve = in.open(); ProgressLine progress = in.output().progress()) {
            image = stream ? varve.images().load(Invocation.standardInput(), name, progress)
                    : varve.images().load(file, name, progress);
        }
        if (in.output().json()) {
            in.output().document(o -> {
                write(o, image);
                Omissions.write(o, image.omissions());
            });
            return;
        }
        in.output().line(image.digest().toString());
        in.output()
                .word("loaded "
                        + (image.names().isEmpty() ? "an image without a name" : String.join(", ", image.names()))
                        + ": " + Plain.count(image.layers().size(), "layer"));
        Omissions.report(in.output(), image.omissions());
    }

    private static void list(Invocation in) throws IOException {
        List<Image> images;
        Map<LayerId, Long> sizes;
        try (Varve varve = in.open()) {
            images = varve.images().list();
            sizes = sizes(varve.layers());
        }
        if (in.output().json()) {
            in.output().document(o -> o.objects("images", images, (i, image) -> {
                write(i, image);
                i.field("size", size(image, sizes));
            }));
            return;
        }
        Table table = new Table("DIGEST", "LAYERS", "SIZE", "LOADED", "NAME");
        for (Image image : images) {
            for (String name : image.names().isEmpty() ? List.of("-") : image.names()) {
                table.row(Plain.shortened(image.digest().toString()), image.layers().size(),
                        Plain.bytes(size(image, sizes)), seconds(image.record().created()), name);
            }
        }
        table.print(in.output());
    }

    private static void inspect(Invocation in) throws IOException {
        Image image;
        Map<LayerId, Long> sizes;
        try (Varve varve = in.open()) {
            image = varve.images().find(in.argument(0));
            sizes = sizes(varve.layers());
        }
        if (in.output().json()) {
            in.output().document(o -> {
                write(o, image);
                o.field("size", size(image, sizes));
            });
            return;
        }
        Table table = Table.ofFields().row("digest", image.digest());
        image.names().forEach(name -> table.row("name", name));
        table.row("loaded", seconds(image.record().created())).row("size", Plain.bytes(size(image, sizes)));
        image.layers().forEach(layer -> table.row("layer", layer));
        table.print(in.output());
    }

    private static void remove(Invocation in) throws IOException {
        String reference = in.argument(0);
        List<LayerId> removed;
        List<LayerId> kept;
        try (Varve varve = in.open()) {
            Image image = varve.images().find(reference);
            removed = varve.images().remove(reference);
            boolean gone = varve.images().list().stream().noneMatch(i -> i.digest().equals(image.digest()));
            kept = image.layers().stream().filter(layer -> gone && !removed.contains(layer)).toList();
        }
        if (in.output().json()) {
            in.output()
                    .document(
                            o -> o.field("image", reference).texts("removedLayers", removed).texts("keptLayers", kept));
            return;
        }
        for (LayerId layer : removed) {
            in.output().line(layer.toString());
        }
        if (!kept.isEmpty()) {
            in.output()
                    .word("varve: " + Plain.count(kept.size(), "layer")
                            + " kept: other images or layers lie on them (varve layer ls)");
        }
    }

    static void write(Json json, Image image) {
        json.field("digest", image.digest().toString())
                .texts("names", image.names())
                .field("created", image.record().created().toString())
                .field("top", image.layers().isEmpty() ? Optional.empty() : Optional.of(image.top()))
                .texts("layers", image.layers())
                .texts("diffIds", image.diffIds());
    }

    private static Map<LayerId, Long> sizes(LayerStore layers) throws IOException {
        Map<LayerId, Long> sizes = new HashMap<>();
        for (LayerStore.LayerInfo layer : layers.list()) {
            sizes.put(layer.record().id(), layer.record().usage().orElse(Usage.NONE).size());
        }
        return sizes;
    }

    private static long size(Image image, Map<LayerId, Long> sizes) {
        return image.layers().stream().mapToLong(layer -> sizes.getOrDefault(layer, 0L)).sum();
    }

    /** A time as lists show it. */
    static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
