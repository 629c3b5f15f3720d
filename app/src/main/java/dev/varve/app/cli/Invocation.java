package dev.varve.app.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.layer.LayerId;
import picocli.CommandLine.ParseResult;

/** One verb with what was given to it. */
record Invocation(GlobalOptions options, ParseResult arguments, Output output) {
    /** The name that stands for standard input or output. */
    static final String STREAM = "-";

    Varve open() throws IOException {
        return open(options.config());
    }

    /** Opens a store. What it finds wrong with the options is the user's mistake, not ours. */
    static Varve open(VarveConfig config) throws IOException {
        try {
            return Varve.open(config);
        } catch (IllegalArgumentException e) {
            throw optionRefused(e);
        }
    }

    static CliException optionRefused(IllegalArgumentException e) {
        CliException refused = CliException.usage(String.valueOf(e.getMessage()), "see `varve help`");
        refused.initCause(e);
        return refused;
    }

    /** The argument at this place, which the model demands. */
    String argument(int index) {
        return optionalArgument(index).orElseThrow();
    }

    Optional<String> optionalArgument(int index) {
        return Optional.ofNullable(arguments.matchedPositionalValue(index, (String) null));
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(arguments.matchedOptionValue(name, (String) null));
    }

    List<String> options(String name) {
        return arguments.matchedOptionValue(name, List.<String>of());
    }

    LayerId layer(int index) throws CliException {
        return layer(argument(index));
    }

    Optional<LayerId> layerOption(String name) throws CliException {
        Optional<String> text = option(name);
        return text.isPresent() ? Optional.of(layer(text.get())) : Optional.empty();
    }

    /** The constant of this name, in lower case as users write it. */
    <E extends Enum<E>> E choice(String name, E otherwise) throws CliException {
        Optional<String> text = option(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text.get())) {
                return constant;
            }
        }
        throw CliException.usage(name + " " + text.get() + ": unknown",
                "it is one of " + String.join(", ", names(otherwise.getDeclaringClass())));
    }

    private static <E extends Enum<E>> List<String> names(Class<E> type) {
        return List.of(type.getEnumConstants()).stream().map(c -> c.name().toLowerCase(java.util.Locale.ROOT)).toList();
    }

    /** A file that must be there. */
    static Path existing(String text) throws IOException {
        Path path = GlobalOptions.path("the file", text);
        try {
            Files.readAttributes(path, BasicFileAttributes.class);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new CliException(ExitCode.NO_SUCH_THING, "no such file: " + text, "check its name"
                    + (path.isAbsolute() ? "" : "; it is looked for in " + Path.of("").toAbsolutePath()));
        }
        return path;
    }

    /** Standard input. Not {@code System.in}, whose buffer and lock are of no use here. Closing it is harmless. */
    static InputStream standardInput() {
        return new FileInputStream(FileDescriptor.in);
    }

    private static LayerId layer(String text) throws CliException {
        try {
            return new LayerId(text);
        } catch (IllegalArgumentException e) {
            throw CliException.usage(String.valueOf(e.getMessage()),
                    "give it a printable id, such as build-1; `varve layer ls` lists those that there are");
        }
    }
}
