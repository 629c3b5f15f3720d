package dev.varve.app.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.varve.app.DriverReport;
import dev.varve.app.StoreStatus;
import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.Finding;
import dev.varve.ports.driver.Support;
import picocli.CommandLine.Model.CommandSpec;

/** The verbs about drivers. */
final class DriverCommands implements Commands.Group {
    @Override
    public String name() {
        return "driver";
    }

    @Override
    public String description() {
        return "The ways to keep and stack layers.";
    }

    @Override
    public String example() {
        return "varve driver ls";
    }

    @Override
    public List<String> verbs() {
        return List.of("ls", "status");
    }

    @Override
    public CommandSpec verb(String name) {
        return name.equals("ls")
                ? Verb.of("ls", "driver ls", "Lists the drivers, whether each works here, and the one in use (*).",
                        DriverCommands::list).example("varve driver ls")
                : Verb.of("status", "driver status [NAME]",
                        "Shows whether a driver works here and what the one in use found out.", DriverCommands::status)
                        .optionalArgument("NAME", "a driver; else the one that the store uses")
                        .example("varve driver status", "varve driver status overlay");
    }

    private static void list(Invocation in) throws IOException {
        List<DriverReport> reports = reports(in.options().config());
        if (in.output().json()) {
            in.output().document(o -> o.objects("drivers", reports, DriverCommands::write));
            return;
        }
        table(reports).print(in.output());
    }

    private static void write(Json json, DriverReport report) {
        json.field("driver", report.name())
                .field("selected", report.selected())
                .field("support", kind(report.support()))
                .field("reason", reason(report.support()));
    }

    /** The drivers of this configuration. */
    static List<DriverReport> reports(VarveConfig config) throws IOException {
        try {
            return Varve.drivers(config);
        } catch (IllegalArgumentException e) {
            throw Invocation.optionRefused(e);
        }
    }

    static Table table(List<DriverReport> reports) {
        Table table = new Table("", "DRIVER", "WORKS HERE", "WHY");
        reports.forEach(r -> table.row(r.selected() ? "*" : " ", r.name(), words(r.support()), reason(r.support())));
        return table;
    }

    /** Opens the store for the driver that it uses only: any other would leave its traces in it. */
    private static void status(Invocation in) throws IOException {
        VarveConfig config = in.options().config();
        DriverReport report = report(reports(config), in.optionalArgument(0));
        Optional<StoreStatus> store = Optional.empty();
        if (report.selected()) {
            try (Varve varve = Invocation.open(config)) {
                store = Optional.of(varve.status());
            }
        }
        Optional<String> chosen = store.map(StoreStatus::driverReason);
        List<Finding> findings = store.map(StoreStatus::driverFindings).orElse(List.of());
        if (in.output().json()) {
            in.output().document(o -> {
                write(o, report);
                o.field("chosen", chosen)
                        .texts("status", values(findings))
                        .objects("findings", findings, DriverCommands::write);
            });
            return;
        }
        Table table = Table.ofFields().row("driver", report.name()).row("works here", words(report.support()));
        table.row("why", reason(report.support())).row("in use", chosen.map(c -> "yes: " + c).orElse("no"));
        table.print(in.output());
        if (!findings.isEmpty()) {
            Table found = new Table("FOUND", "VALUE", "HOW");
            findings.forEach(f -> found.row(f.name(), f.value(), f.how()));
            found.print(in.output());
        }
    }

    /** By name, in order. */
    static Map<String, String> values(List<Finding> findings) {
        Map<String, String> values = new LinkedHashMap<>();
        findings.forEach(f -> values.put(f.name(), f.value()));
        return values;
    }

    static void write(Json json, Finding finding) {
        json.field("name", finding.name()).field("value", finding.value()).field("how", finding.how());
    }

    /** That of the driver with this name, else that of the one in use. */
    private static DriverReport report(List<DriverReport> reports, Optional<String> name) throws VarveException {
        for (DriverReport report : reports) {
            if (name.isPresent() ? report.name().equals(name.get()) : report.selected()) {
                return report;
            }
        }
        String names = String.join(", ", reports.stream().map(DriverReport::name).toList());
        throw name.isPresent() ? new NoSuchDriverException("no such driver: " + name.get(), "the drivers are " + names)
                : new UnsupportedException("no driver can be chosen for this store", "`varve status` says why");
    }

    private static String words(Support support) {
        return switch (support) {
            case Support.Yes s -> "yes";
            case Support.NotSupported s -> "no, not supported";
            case Support.PrerequisitesNotMet s -> "no, something is missing";
            case Support.IncompatibleBackingFileSystem s -> "no, not on this file system";
        };
    }

    private static String kind(Support support) {
        return switch (support) {
            case Support.Yes s -> "yes";
            case Support.NotSupported s -> "notSupported";
            case Support.PrerequisitesNotMet s -> "prerequisitesNotMet";
            case Support.IncompatibleBackingFileSystem s -> "incompatibleBackingFileSystem";
        };
    }

    static String reason(Support support) {
        return switch (support) {
            case Support.Yes yes -> yes.note();
            case Support.NotSupported no -> no.reason();
            case Support.PrerequisitesNotMet no -> no.reason();
            case Support.IncompatibleBackingFileSystem no -> no.reason();
        };
    }
}
