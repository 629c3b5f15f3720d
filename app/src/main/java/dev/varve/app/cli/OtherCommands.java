package dev.varve.app.cli;

import java.io.IOException;
import java.util.List;

import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** What is about the command itself. */
final class OtherCommands {
    private OtherCommands() {}

    static CommandSpec version() {
        return Verb.of("version", "version", "Prints the version.", OtherCommands::printVersion)
                .example("varve version");
    }

    static CommandSpec help() {
        return Verb.of("help", "help [COMMAND …]", "Tells what a command does.", OtherCommands::printHelp)
                .optionalArguments("COMMAND", "a command, or a group and a verb; without it, all are listed")
                .example("varve help layer create");
    }

    static CommandSpec completion() {
        return Verb
                .of("completion", "completion [bash]", "Prints a script that completes commands in a shell.",
                        OtherCommands::printCompletion)
                .optionalArgument("SHELL", "bash, the only one there is")
                .example("source <(varve completion bash)");
    }

    private static void printVersion(Invocation in) throws IOException {
        var module = Main.class.getModule().getDescriptor();
        String version = module == null ? "unknown" : module.rawVersion().orElse("unknown");
        String java = Runtime.version().toString();
        String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
        String architecture = System.getProperty("os.arch");
        if (in.output().json()) {
            in.output()
                    .document(o -> o.field("version", version)
                            .field("java", java)
                            .field("system", system)
                            .field("architecture", architecture));
        } else {
            in.output().line("varve " + version + " (Java " + java + ", " + system + " " + architecture + ")");
        }
    }

    private static void printHelp(Invocation in) throws IOException {
        List<String> path = in.arguments().matchedPositionalValue(0, List.<String>of());
        CommandSpec command = Commands.find(path)
                .orElseThrow(() -> CliException.usage("unknown command: " + String.join(" ", path),
                        "`varve help` lists them"));
        print(in.output(), "help", HelpText.of(command));
    }

    private static void printCompletion(Invocation in) throws IOException {
        String shell = in.optionalArgument(0).orElse("bash");
        if (!shell.equals("bash")) {
            throw CliException.usage("no completion for " + shell,
                    "there is one for bash: varve completion bash; zsh takes it after `autoload bashcompinit; bashcompinit`");
        }
        print(in.output(), "script", AutoComplete.bash("varve", Commands.all()));
    }

    static void print(Output output, String field, String text) throws IOException {
        if (output.json()) {
            output.document(o -> o.field(field, text));
        } else {
            output.raw(text);
        }
    }
}
