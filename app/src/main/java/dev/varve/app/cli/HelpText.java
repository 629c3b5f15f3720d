package dev.varve.app.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The help page of one command, from its model. Our own layout: the options that are everywhere stand last, apart. */
final class HelpText {
    private static final int COLUMNS = 80;
    private static final String USAGE = "Usage: varve ";
    private static final int INDENT = 4;
    /** A space that no line is broken at (no-break space). */
    private static final char GLUE = '\u00a0';
    private final StringBuilder page = new StringBuilder();

    private HelpText() {}

    static String of(CommandSpec spec) {
        HelpText help = new HelpText();
        help.page.append(USAGE);
        help.wrapped(spec.usageMessage().customSynopsis()[0].replace(" | ", GLUE + "|" + GLUE), USAGE.length());
        help.line("");
        help.wrapped(spec.usageMessage().description()[0], 0);
        help.commands(spec);
        help.rows("Arguments:", spec.positionalParameters().stream().map(HelpText::row).toList());
        help.rows("Options:", options(spec, o -> !isGlobal(o)));
        help.rows("Global options, before or after the command:", options(spec, HelpText::isGlobal));
        help.example(spec);
        help.line("");
        help.wrapped("Exit codes: " + Arrays.stream(ExitCode.values())
                .filter(c -> c != ExitCode.NOBODY_READS)
                .map(c -> (c.number() + " " + c.meaning()).replace(' ', GLUE))
                .collect(Collectors.joining(", ")), 0);
        return help.page.toString().replace(GLUE, ' ');
    }

    private void commands(CommandSpec spec) {
        List<Row> rows = new ArrayList<>();
        spec.subcommands().forEach((name, sub) -> {
            CommandSpec command = sub.getCommandSpec();
            String verbs = String.join(", ", command.subcommands().keySet());
            rows.add(new Row(name,
                    command.usageMessage().description()[0] + (verbs.isEmpty() ? "" : " (" + verbs + ")")));
        });
        rows("Commands:", rows);
        if (!rows.isEmpty()) {
            line("");
            line("`varve help COMMAND` tells more.");
        }
    }

    private void example(CommandSpec spec) {
        String[] lines = spec.usageMessage().footer();
        if (lines.length > 0) {
            line("");
            line(lines.length == 1 ? "Example:" : "Examples:");
            Arrays.stream(lines).forEach(l -> line("  " + l));
        }
    }

    private static boolean isGlobal(OptionSpec option) {
        return GlobalOptions.NAMES.contains(option.longestName());
    }

    private static List<Row> options(CommandSpec spec, Predicate<OptionSpec> which) {
        return spec.options().stream().filter(which).map(HelpText::row).toList();
    }

    private static Row row(OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        return new Row(String.join(", ", option.names()) + value, option.description()[0]);
    }

    private static Row row(PositionalParamSpec argument) {
        return new Row(argument.paramLabel(), argument.description()[0]);
    }

    private void rows(String title, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        line("");
        line(title);
        int width = rows.stream().mapToInt(r -> r.name.length()).max().orElse(0);
        for (Row row : rows) {
            page.append("  ").append(row.name).repeat(' ', width - row.name.length() + 2);
            wrapped(row.text, width + INDENT);
        }
    }

    /** Text from where the line is now, further lines indented. */
    private void wrapped(String text, int indent) {
        int column = indent;
        for (String word : text.split(" ")) {
            if (column > indent && column + 1 + word.length() > COLUMNS) {
                page.append('\n').repeat(' ', indent);
                column = indent;
            } else if (column > indent) {
                page.append(' ');
                column++;
            }
            page.append(word);
            column += word.length();
        }
        page.append('\n');
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private record Row(String name, String text) {}
}
