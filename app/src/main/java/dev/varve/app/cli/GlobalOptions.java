package dev.varve.app.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.varve.app.VarveConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that every command takes. Each command has its own set, so they may stand before the verb or after it;
 * of two that contradict each other the later one counts.
 *
 * @param store    the directory that was named, if one was
 * @param settings all but the directory
 */
record GlobalOptions(Optional<Path> store, Function<Path, VarveConfig> settings, boolean json, boolean debug) {
    /** Those that take a value. */
    static final Set<String> VALUED = Set.of("--store", "--driver", "--storage-opt");
    /** Those that are not a verb's own. */
    static final Set<String> NAMES = Set.of("--store", "--driver", "--storage-opt", "--private-mounts", "--json",
            "--debug", "--help");

    static void addTo(CommandSpec spec) {
        spec.addOption(text("--store", "DIR",
                "the store; else /var/lib/varve for root," + " ~/.local/share/varve (by $XDG_DATA_HOME) for others"));
        spec.addOption(text("--driver", "NAME", "use this driver and no other; else $VARVE_DRIVER, else what works"));
        spec.addOption(texts("--storage-opt", "KEY=VALUE", "an option of a driver, as in overlay.volatile=on"));
        spec.addOption(flag("--private-mounts", "keep the store's mounts from other mount namespaces"));
        spec.addOption(flag("--json", "print one JSON document instead of text (docs/json.md)"));
        spec.addOption(flag("--debug", "show the stack trace of a failure"));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .arity("0")
                .description("show this help")
                .build());
    }

    static OptionSpec text(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    static OptionSpec texts(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
    }

    /** What was given to the root command, to a group and to a verb, together. */
    static GlobalOptions of(ParseResult root) throws CliException {
        String store = null;
        String driver = null;
        boolean json = false;
        boolean debug = false;
        boolean privateMounts = false;
        List<String> storageOptions = new ArrayList<>();
        for (@Nullable
        ParseResult at = root; at != null; at = at.subcommand()) {
            store = at.matchedOptionValue("--store", store);
            driver = at.matchedOptionValue("--driver", driver);
            json |= at.hasMatchedOption("--json");
            privateMounts |= at.hasMatchedOption("--private-mounts");
            debug |= at.hasMatchedOption("--debug");
            storageOptions.addAll(at.matchedOptionValue("--storage-opt", List.<String>of()));
        }
        Optional<Path> directory = store == null ? Optional.empty() : Optional.of(path("--store", store));
        return new GlobalOptions(directory, settings(driver, storageOptions, privateMounts), json, debug);
    }

    private static Function<Path, VarveConfig> settings(@Nullable String driver, List<String> options,
            boolean privateMounts) throws CliException {
        if (driver != null && driver.isEmpty()) {
            throw CliException.usage("--driver needs a name", "`varve driver ls` lists them");
        }
        List<Map.Entry<String, String>> pairs = pairs("--storage-opt", options, "overlay.index=on");
        return directory -> {
            VarveConfig config = VarveConfig.of(directory);
            if (driver != null) {
                config = config.withDriver(driver);
            }
            for (Map.Entry<String, String> option : pairs) {
                config = config.withOption(option.getKey(), option.getValue());
            }
            return privateMounts ? config.withPrivateMounts() : config;
        };
    }

    /** What the options ask for, in the user's own store where they name none. */
    VarveConfig config() throws CliException {
        return configFor(store.isPresent() ? store.get() : ofUser());
    }

    private static Path ofUser() throws CliException {
        try {
            return VarveConfig.ofUser().store();
        } catch (IllegalStateException e) {
            throw CliException.usage(String.valueOf(e.getMessage()), "name a store with --store DIR, or set HOME");
        }
    }

    /** The same options for a store elsewhere. */
    VarveConfig configFor(Path directory) {
        return settings.apply(directory);
    }

    /** Each KEY=VALUE taken apart at its first equals sign. */
    static List<Map.Entry<String, String>> pairs(String option, List<String> texts, String example)
            throws CliException {
        List<Map.Entry<String, String>> pairs = new ArrayList<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw CliException.usage(option + " " + text + ": not KEY=VALUE",
                        "write it as " + option + " KEY=VALUE, such as " + example);
            }
            pairs.add(Map.entry(text.substring(0, equals), text.substring(equals + 1)));
        }
        return pairs;
    }

    static Path path(String what, String text) throws CliException {
        try {
            if (text.isEmpty()) {
                throw CliException.usage(what + " needs a path", "name one that is not empty");
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw CliException.usage(what + " " + text + ": not a path in this locale: " + e.getReason(),
                    "set LC_ALL=C.UTF-8");
        }
    }
}
