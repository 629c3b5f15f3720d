package dev.varve.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;

import dev.varve.domain.error.VarveException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells of a failure: one line of what, at most one of what to do, and how the command ends. */
final class Failures {
    private final Output output;
    private final boolean debug;

    Failures(Output output, boolean debug) {
        this.output = output;
        this.debug = debug;
    }

    ExitCode report(Throwable failure) {
        try {
            // What was printed before the failure is true nevertheless.
            output.flush();
        } catch (IOException e) {
            // Remembered, and told below.
        }
        if (output.nobodyReads()) {
            return ExitCode.NOBODY_READS;
        }
        Report report = output.failure()
                .map(e -> new Report(ExitCode.FAILED, "cannot write to standard output: " + text(e),
                        "look at what it is redirected to: its disk may be full"))
                .orElseGet(() -> of(failure));
        return tell(report, failure);
    }

    private ExitCode tell(Report report, Throwable failure) {
        if (output.json()) {
            output.wordRaw(new String(Json.document(o -> {
                o.field("error", report.what)
                        .field("kind", report.kind)
                        .field("hint", report.hint)
                        .field("exitCode", report.code.number());
                if (debug) {
                    o.field("stackTrace", trace(failure));
                }
            }), StandardCharsets.UTF_8) + "\n");
            return report.code;
        }
        output.wordAlways("varve: " + oneLine(report.what), Output.Look.BAD);
        if (!report.hint.isEmpty()) {
            output.wordAlways("hint: " + oneLine(report.hint), Output.Look.PLAIN);
        }
        if (debug) {
            trace(failure).lines().forEach(l -> output.wordAlways(l.replace("\t", "    "), Output.Look.DIM));
        }
        return report.code;
    }

    private Report of(Throwable failure) {
        return switch (failure) {
            case VarveException e ->
                    new Report(ExitCode.of(e), FailureKind.of(e), text(e), e.hint().orElseGet(() -> Hints.of(e)));
            case CliException e -> new Report(e.exitCode(), text(e), e.hint());
            case ParameterException e -> usage(e);
            case UncheckedIOException e -> of(e.getCause() == null ? new IOException(text(e)) : e.getCause());
            case NoSuchFileException e -> new Report(ExitCode.NO_SUCH_THING, "no such file: " + e.getFile(),
                    "check its name; the directory that it is in must be there, too");
            case AccessDeniedException e -> new Report(ExitCode.NO_PERMISSION, "no permission: " + e.getFile(),
                    "run as a user who may use it, or name another");
            case FileSystemException e -> new Report(ExitCode.FAILED,
                    e.getFile() + ": " + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()),
                    Hints.ANY);
            case IOException e -> new Report(ExitCode.FAILED, text(e), Hints.ANY);
            case OutOfMemoryError e -> new Report(ExitCode.FAILED, "out of memory", "give java more: -Xmx");
            default -> new Report(ExitCode.FAILED, "internal error: " + failure,
                    debug ? "please report it with this trace" : "please report, run with --debug");
        };
    }

    private static Report usage(ParameterException e) {
        String path = e.getCommandLine().getCommandSpec().qualifiedName(" ");
        String help = path.equals("varve") ? "varve help" : "varve help" + path.substring("varve".length());
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            String first = unmatched.getUnmatched().isEmpty() ? "" : unmatched.getUnmatched().getFirst();
            String what = first.startsWith("-") ? "unknown option: "
                    : e.getCommandLine().getSubcommands().isEmpty() ? "one argument too many: " : "unknown command: ";
            return new Report(ExitCode.USAGE, what + first, suggestions.isEmpty() ? "see `" + help + "`"
                    : "did you mean " + String.join(" or ", suggestions.stream().limit(3).toList()) + "?");
        }
        String text = text(e);
        return new Report(ExitCode.USAGE, Character.toLowerCase(text.charAt(0)) + text.substring(1),
                "see `" + help + "`");
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\n\\s*", " ");
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private record Report(ExitCode code, String kind, String what, String hint) {
        Report(ExitCode code, String what, String hint) {
            this(code, FailureKind.of(code), what, hint);
        }
    }
}
