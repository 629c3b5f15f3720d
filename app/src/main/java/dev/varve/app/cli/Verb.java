package dev.varve.app.cli;

import java.util.List;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Builds the model of one verb. Programmatic and without annotations: reflection costs a CLI 80 ms at each start. */
final class Verb {
    private final CommandSpec spec;
    private int arguments;

    private Verb(String name, String synopsis, String description, Object user) {
        spec = CommandSpec.wrapWithoutInspection(user).name(name);
        spec.usageMessage().customSynopsis(synopsis).description(description);
    }

    /** @param synopsis what follows {@code varve} on the command line */
    static Verb of(String name, String synopsis, String description, Action action) {
        return new Verb(name, synopsis, description, action);
    }

    /** A command that only holds others. */
    static CommandSpec group(String name, String description) {
        Verb verb = new Verb(name, name + " COMMAND …", description, "a group");
        GlobalOptions.addTo(verb.spec);
        return verb.spec;
    }

    Verb argument(String label, String description) {
        return argument(label, description, "1");
    }

    Verb optionalArgument(String label, String description) {
        return argument(label, description, "0..1");
    }

    private Verb argument(String label, String description, String arity) {
        spec.addPositional(PositionalParamSpec.builder()
                .index(Integer.toString(arguments++))
                .arity(arity)
                .required(arity.equals("1"))
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    Verb optionalArguments(String label, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    Verb option(String name, String label, String description) {
        spec.addOption(GlobalOptions.text(name, label, description));
        return this;
    }

    Verb option(OptionSpec option) {
        spec.addOption(option);
        return this;
    }

    /** Ends the model with lines that can be typed as they stand. */
    CommandSpec example(String... lines) {
        spec.usageMessage().footer(lines);
        GlobalOptions.addTo(spec);
        return spec;
    }
}
