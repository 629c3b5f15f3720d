package dev.varve.app.cli;

import java.util.List;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The command. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = run(List.of(args), Output.ofProcess(asked(List.of(args), "--json")));
        if (code != 0) { // else there is no thread left to end, and exit() would set up logging to log itself: 14 ms
            System.exit(code);
        }
    }

    /** Runs the command that the arguments name. */
    static int run(List<String> args, Output output) {
        try {
            ExitCode code = dispatch(args, output);
            output.flush();
            return code.number();
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            return new Failures(output, asked(args, "--debug")).report(e).number();
        }
    }

    private static ExitCode dispatch(List<String> args, Output output) throws Exception {
        CommandLine line = Commands.forArguments(args);
        ParseResult root = line.parseArgs(args.toArray(String[]::new));
        ParseResult leaf = root;
        boolean help = root.isUsageHelpRequested();
        while (leaf.subcommand() instanceof ParseResult below) {
            leaf = below;
            help |= leaf.isUsageHelpRequested();
        }
        if (help) {
            OtherCommands.print(output, "help", HelpText.of(everythingOf(leaf)));
            return ExitCode.DONE;
        }
        Object user = root.hasMatchedOption("--version") ? OtherCommands.version().userObject()
                : leaf.commandSpec().userObject();
        if (!(user instanceof Action action)) {
            return commandMissing(leaf, output);
        }
        action.run(new Invocation(GlobalOptions.of(root), leaf, output));
        return ExitCode.DONE;
    }

    private static ExitCode commandMissing(ParseResult group, Output output) throws CliException {
        if (output.json()) {
            throw CliException.usage("a command is missing", "see `varve help`");
        }
        output.wordRaw(HelpText.of(everythingOf(group)));
        return ExitCode.USAGE;
    }

    /** The whole model of a command, whatever part of it was built to read the arguments. */
    private static CommandSpec everythingOf(ParseResult command) {
        List<String> path = List.of(command.commandSpec().qualifiedName(" ").split(" "));
        return Commands.find(path.subList(1, path.size())).orElse(command.commandSpec());
    }

    /** Whether the flag is there. Asked before the arguments are read, because reading them may fail. */
    static boolean asked(List<String> args, String flag) {
        int end = args.indexOf("--");
        return (end < 0 ? args : args.subList(0, end)).contains(flag);
    }
}
