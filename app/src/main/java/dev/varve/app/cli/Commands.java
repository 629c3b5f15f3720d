package dev.varve.app.cli;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The commands. A model costs time to build, so where the arguments name a verb only that one is built; where they do
 * not (help, a mistake), all are, so that every name can be listed and suggested.
 */
final class Commands {
    /** The names at the top, in the order of the help. */
    static final List<String> NAMES = List.of("quickstart", "image", "layer", "driver", "status", "version", "help",
            "completion");

    private Commands() {}

    /** The command line for these arguments. */
    static CommandLine forArguments(List<String> args) {
        String first = word(args, 0);
        String second = first == null ? null : word(args, 1);
        CommandSpec root = root();
        if (first == null || !NAMES.contains(first) || first.equals("help") || first.equals("completion")) {
            NAMES.forEach(name -> root.addSubcommand(name, command(name, null)));
        } else {
            root.addSubcommand(first, command(first, second));
        }
        CommandLine line = new CommandLine(root);
        // Ids and names may begin with @ or hold ${…}: they are no files and no variables.
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        // Of an option that is given twice the last one counts, so that an alias can set what a user then changes.
        line.setOverwrittenOptionsAllowed(true);
        return line;
    }

    /** All of them. */
    static CommandLine all() {
        return forArguments(List.of());
    }

    /** The whole model of the command with this path of names; that of the root for none. */
    static Optional<CommandSpec> find(List<String> path) {
        CommandLine at = all();
        for (String name : path) {
            CommandLine below = at.getSubcommands().get(name);
            if (below == null) {
                return Optional.empty();
            }
            at = below;
        }
        return Optional.of(at.getCommandSpec());
    }

    private static CommandSpec root() {
        CommandSpec root = Verb.group("varve",
                "Layered container filesystems: stack layers, mount them, take their" + " differences.");
        root.usageMessage().customSynopsis("COMMAND …").footer("varve quickstart");
        root.addOption(OptionSpec.builder("-V", "--version")
                .type(boolean.class)
                .arity("0")
                .description("print the version, as `varve version` does")
                .build());
        return root;
    }

    private static CommandSpec command(String name, @Nullable String verb) {
        return switch (name) {
            case "image" -> group(new ImageCommands(), verb);
            case "layer" -> group(new LayerCommands(), verb);
            case "driver" -> group(new DriverCommands(), verb);
            case "status" -> StatusCommand.spec();
            case "quickstart" -> QuickstartCommand.spec();
            case "version" -> OtherCommands.version();
            case "help" -> OtherCommands.help();
            case "completion" -> OtherCommands.completion();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandSpec group(Group group, @Nullable String verb) {
        CommandSpec spec = Verb.group(group.name(), group.description());
        spec.usageMessage().footer(group.example());
        for (String name : group.verbs()) {
            if (verb == null || verb.equals(name) || !group.verbs().contains(verb)) {
                spec.addSubcommand(name, group.verb(name));
            }
        }
        return spec;
    }

    /** The n-th argument that is neither an option nor the value of a global one; null if that cannot be told. */
    static @Nullable String word(List<String> args, int n) {
        int found = 0;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--")) {
                return null;
            }
            if (GlobalOptions.VALUED.contains(arg)) {
                i++;
            } else if ((!arg.startsWith("-") || arg.length() == 1) && found++ == n) {
                return arg;
            }
        }
        return null;
    }

    /** Verbs about one kind of thing. */
    interface Group {
        String name();

        String description();

        String example();

        List<String> verbs();

        CommandSpec verb(String name);
    }
}
