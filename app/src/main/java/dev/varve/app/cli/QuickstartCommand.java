package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import picocli.CommandLine.Model.CommandSpec;

/** The verb that shows all the others. */
final class QuickstartCommand {
    private QuickstartCommand() {}

    static CommandSpec spec() {
        return Verb.of("quickstart", "quickstart [IMAGE]",
                "Shows in eleven steps what Varve does; all that it makes is removed at the end, and the store, too,"
                        + " unless --store names one.",
                QuickstartCommand::run)
                .optionalArgument("IMAGE",
                        "an image's tar or directory; else a small one is made of files of this host")
                .example("varve quickstart", "varve quickstart debian.tar", "varve quickstart --driver vfs");
    }

    private static void run(Invocation in) throws IOException {
        Optional<String> named = in.optionalArgument(0);
        Optional<Path> image = named.isPresent() ? Optional.of(Invocation.existing(named.get())) : Optional.empty();
        StopSignal stop = new StopSignal(in.output(), in.options().debug());
        stop.guard(() -> tour(in, image, stop));
    }

    private static void tour(Invocation in, Optional<Path> image, StopSignal stop) throws IOException {
        Output output = in.output();
        try (Workplace place = Workplace.create(in.options())) {
            Path store = place.config().store();
            if (!output.json()) {
                output.line("Varve quickstart: the life of a layer in " + Quickstart.STEPS + " steps",
                        Output.Look.BOLD);
                output.line("store: " + store + (place.ownStore() ? " (removed at the end)" : " (kept)"));
                output.flush();
            }
            Tour tour = new Tour(output, stop, Quickstart.STEPS);
            new Quickstart(tour, place, image).run();
            if (output.json()) {
                output.document(o -> {
                    o.field("store", store.toString()).field("storeRemoved", place.ownStore()).field("equal", true);
                    tour.write(o);
                });
            } else {
                output.line("");
                output.line("Done: the copy made from the archive equals the original.", Output.Look.GOOD);
                output.line("Next: `varve help`, `varve image load`, `varve layer create`.");
            }
        }
    }
}
