package dev.varve.app.cli;

import java.util.List;

import picocli.CommandLine.Model.CommandSpec;

/** The verbs about layers: their models. What they do is in {@link LayerActions} and {@link DiffActions}. */
final class LayerCommands implements Commands.Group {
    private static final String PARENT = "the layer below; else a base layer is made";
    private static final String IMAGE = "put it on the top of this image";
    private static final String AGAINST = "compare with this layer; else with the parent";
    private static final String COMPARE = "metadata: type, mode, owner, size, time, attributes (default); content: the"
            + " bytes of equal-looking files too";

    @Override
    public String name() {
        return "layer";
    }

    @Override
    public String description() {
        return "Layers: make, fill, mount, compare and remove them.";
    }

    @Override
    public String example() {
        return "varve layer create web-1 --image debian:12";
    }

    @Override
    public List<String> verbs() {
        return List.of("create", "apply", "mount", "umount", "changes", "diff", "size", "inspect", "ls", "rm");
    }

    @Override
    public CommandSpec verb(String name) {
        return switch (name) {
            case "create" -> create();
            case "apply" -> apply();
            case "mount" -> Verb.of("mount", "layer mount ID",
                    "Mounts a layer's root file system and prints its path. It stays until `varve layer umount`.",
                    LayerActions::mount)
                    .argument("ID", "the layer")
                    .example("root=$(varve layer mount web-1)", "echo hello > \"$root/etc/motd\"");
            case "umount" -> Verb
                    .of("umount", "layer umount ID",
                            "Gives one mount of a layer back; the last one that goes unmounts.", LayerActions::unmount)
                    .argument("ID", "the layer")
                    .example("varve layer umount web-1");
            case "changes" -> changes();
            case "diff" -> diff();
            case "size" -> Verb
                    .of("size", "layer size ID", "Prints what a layer takes, without its parents.", LayerActions::size)
                    .argument("ID", "the layer")
                    .example("varve layer size web-1");
            case "inspect" ->
                    Verb.of("inspect", "layer inspect ID", "Shows all that is known of a layer.", LayerActions::inspect)
                            .argument("ID", "the layer")
                            .example("varve layer inspect web-1", "varve layer inspect web-1 --json");
            case "ls" -> Verb.of("ls", "layer ls", "Lists the layers, oldest first.", LayerActions::list)
                    .example("varve layer ls");
            case "rm" -> Verb.of("rm", "layer rm ID", "Removes a layer that is neither mounted nor a parent.",
                    LayerActions::remove).argument("ID", "the layer").example("varve layer rm web-1");
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandSpec create() {
        return Verb
                .of("create", "layer create ID [--parent ID | --image NAME] [--label KEY=VALUE]…",
                        "Makes an empty writable layer and prints its id.", LayerActions::create)
                .argument("ID", "any printable text; - begins an option, so write `-- -x` for a layer -x")
                .option("--parent", "ID", PARENT)
                .option("--image", "NAME", IMAGE)
                .option(GlobalOptions.texts("--label", "KEY=VALUE", "keep this with the layer; may be repeated"))
                .example("varve layer create web-1 --image debian:12",
                        "varve layer create web-2 --parent web-1 --label owner=web");
    }

    private static CommandSpec apply() {
        return Verb
                .of("apply", "layer apply ID TAR|- [--parent ID | --image NAME]",
                        "Makes a layer from a layer archive, plain or compressed; prints its diff ID and size.",
                        LayerActions::apply)
                .argument("ID", "the new layer")
                .argument("TAR|-", "a file, or - for standard input")
                .option("--parent", "ID", PARENT)
                .option("--image", "NAME", IMAGE)
                .example("varve layer apply base rootfs.tar.gz", "varve layer apply web-2 - --parent base < layer.tar");
    }

    private static CommandSpec changes() {
        return Verb
                .of("changes", "layer changes ID [--parent ID] [--compare metadata|content]",
                        "Lists what a layer adds (A), changes (C) and deletes (D).", DiffActions::changes)
                .argument("ID", "the layer")
                .option("--parent", "ID", AGAINST)
                .option("--compare", "HOW", COMPARE)
                .example("varve layer changes web-1", "varve layer changes web-1 --parent web-0 --compare content");
    }

    private static CommandSpec diff() {
        return Verb.of("diff",
                "layer diff ID [--parent ID] [--compare metadata|content] [--compression none|gzip|zstd] [-o FILE|-]",
                "Writes a layer's changes as a layer archive.", DiffActions::diff)
                .argument("ID", "the layer")
                .option("--parent", "ID", AGAINST)
                .option("--compare", "HOW", COMPARE)
                .option("--compression", "HOW", "none (default), gzip or zstd")
                .option("-o", "FILE|-", "write there; else to standard output, if that is no terminal")
                .example("varve layer diff web-1 -o layer.tar",
                        "varve layer diff web-1 --compression gzip | ssh host …");
    }
}
