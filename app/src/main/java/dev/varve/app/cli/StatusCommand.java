package dev.varve.app.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import dev.varve.app.DriverReason;
import dev.varve.app.StoreStatus;
import dev.varve.app.StoreStatus.LayerLease;
import dev.varve.app.StoreStatus.LayerMount;
import dev.varve.app.StoreStatus.LayerUse;
import dev.varve.app.StoreStatus.Leftover;
import dev.varve.app.Varve;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.Usage;
import picocli.CommandLine.Model.CommandSpec;

/** The state of a store. */
final class StatusCommand {
    /** Layers in words; JSON has all of them. */
    private static final int LARGEST = 10;

    private StatusCommand() {}

    static CommandSpec spec() {
        return Verb.of("status", "status",
                "Shows where the store is, how it is kept, what is in it and takes how much, and who holds what.",
                StatusCommand::run).example("varve status", "varve --store /srv/varve status --json");
    }

    private static void run(Invocation in) throws IOException {
        StoreStatus status;
        try (Varve varve = in.open()) {
            status = varve.status();
        }
        if (in.output().json()) {
            in.output().document(o -> write(o, status));
            return;
        }
        summary(status).print(in.output());
        print(in.output(), largest(status.layers()), status.layers().size());
        print(in.output(), leases(status.leases()), status.leases().size());
        print(in.output(), mounts(status.mounts()), status.mounts().size());
        print(in.output(), leftovers(status.leftovers()), status.leftovers().size());
    }

    private static void print(Output output, Table table, int rows) throws IOException {
        if (rows > 0) {
            output.line("");
            table.print(output);
        }
    }

    private static Table summary(StoreStatus status) {
        Table table = Table.ofFields()
                .row("store", status.store())
                .row("driver", status.driver() + " (" + status.driverReason() + ")");
        status.driverFindings().forEach(f -> table.row("  " + f.name(), f.value()));
        Usage total = status.total();
        return table.row("kernel", status.kernel())
                .row("file system",
                        status.fileSystem() + ", " + Plain.bytes(status.bytesAvailable()) + " of "
                                + Plain.bytes(status.bytesTotal()) + " available")
                .row("layers", layers(status))
                .row("  take",
                        Plain.bytes(total.size()) + " in " + Plain.count(total.inodes(), "inode") + ", "
                                + Plain.bytes(total.allocated()) + " allocated")
                .row("images", status.images())
                .row("leases", status.leases().size())
                .row("mounts", status.mounts().size() + (status.privateMounts() ? ", private to this namespace" : ""));
    }

    private static String layers(StoreStatus status) {
        List<String> kinds = new ArrayList<>();
        for (LayerKind kind : LayerKind.values()) {
            if (status.count(kind) > 0) {
                kinds.add(status.count(kind) + " " + word(kind));
            }
        }
        return status.layers().size() + (kinds.isEmpty() ? "" : ": " + String.join(", ", kinds));
    }

    private static Table largest(List<LayerUse> layers) {
        Table table = new Table("SIZE", "ALLOCATED", "INODES", "KIND", "LAYER");
        layers.stream()
                .sorted(Comparator.comparingLong((LayerUse l) -> -l.usage().orElse(Usage.NONE).size()))
                .limit(LARGEST)
                .forEach(l -> table.row(l.usage().map(u -> Plain.bytes(u.size())).orElse("?"),
                        l.usage().map(u -> Plain.bytes(u.allocated())).orElse("?"),
                        l.usage().map(u -> Long.toString(u.inodes())).orElse("?"), word(l.kind()), l.id()));
        if (layers.size() > LARGEST) {
            table.row("…", "", "", "", "and " + (layers.size() - LARGEST) + " more that are not larger");
        }
        return table;
    }

    private static Table leases(List<LayerLease> leases) {
        Table table = new Table("LEASE OF", "SINCE", "ACCESS", "LAYER", "PATH");
        leases.forEach(l -> table.row(l.pid().map(p -> "process " + p).orElse("nobody: until umount"), l.since(),
                word(l.access()), l.layer(), l.path()));
        return table;
    }

    private static Table mounts(List<LayerMount> mounts) {
        Table table = new Table("MOUNTED", "ACCESS", "LAYER", "PATH");
        mounts.forEach(m -> table.row(m.type(), m.readOnly() ? "read only" : "read write", m.layer(), m.path()));
        return table;
    }

    private static Table leftovers(List<Leftover> leftovers) {
        Table table = new Table("NOT DELETED", "WHY");
        leftovers.forEach(l -> table.row(l.path(), l.why()));
        return table;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void write(Json json, StoreStatus status) {
        Usage total = status.total();
        json.field("store", status.store().toString())
                .field("driver", status.driver())
                .field("reason", status.driverReason())
                .field("chosenBy", word(status.reason()))
                .texts("driverStatus", DriverCommands.values(status.driverFindings()))
                .objects("driverFindings", status.driverFindings(), DriverCommands::write)
                .field("kernel", status.kernel())
                .field("fileSystem", status.fileSystem())
                .field("bytesTotal", status.bytesTotal())
                .field("bytesAvailable", status.bytesAvailable())
                .field("layers", status.layers().size())
                .object("layersByKind", o -> {
                    for (LayerKind kind : LayerKind.values()) {
                        o.field(word(kind), status.count(kind));
                    }
                })
                .object("usage", o -> write(o, total))
                .objects("usageByLayer", status.layers(), (o, l) -> {
                    o.field("layer", l.id().toString()).field("kind", word(l.kind()));
                    o.number("size", l.usage().map(Usage::size))
                            .number("allocated", l.usage().map(Usage::allocated))
                            .number("inodes", l.usage().map(Usage::inodes));
                })
                .field("images", status.images())
                .field("leases", status.leases().size())
                .objects("liveLeases", status.leases(),
                        (o, l) -> o.field("layer", l.layer().toString())
                                .field("path", l.path().toString())
                                .field("access", l.access().name())
                                .number("pid", l.pid())
                                .field("since", l.since().toString()))
                .field("mounts", status.mounts().size())
                .objects("liveMounts", status.mounts(),
                        (o, m) -> o.field("layer", m.layer().toString())
                                .field("path", m.path().toString())
                                .field("type", m.type())
                                .field("readOnly", m.readOnly()))
                .objects("leftovers", status.leftovers(),
                        (o, l) -> o.field("path", l.path().toString()).field("why", l.why()))
                .field("privateMounts", status.privateMounts());
    }

    private static void write(Json json, Usage usage) {
        json.field("size", usage.size()).field("allocated", usage.allocated()).field("inodes", usage.inodes());
    }

    private static String word(DriverReason reason) {
        return switch (reason) {
            case NAMED -> "caller";
            case ENVIRONMENT -> "environment";
            case DEFAULT -> "default";
            case PRIOR_STATE -> "priorState";
            case ORDER -> "order";
        };
    }
}
