package dev.varve.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.varve.app.DriverReport;
import dev.varve.domain.change.Change;
import dev.varve.domain.change.Comparison;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.archive.Compression;
import dev.varve.ports.driver.Support;
import dev.varve.ports.in.Images.Image;
import dev.varve.ports.in.LayerBlob.Written;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.in.LayerStore.Applied;
import dev.varve.ports.in.LayerStore.Expected;
import dev.varve.ports.in.LayerStore.Omission;
import dev.varve.ports.in.Lease;

/** The newcomer's tour: all that Varve does, once, with a proof at the end. Each step leaves what the next one needs. */
final class Quickstart {
    static final int STEPS = 11;
    private static final int CHANGES_SHOWN = 25;
    private static final int LAYERS_SHOWN = 8;
    private final Tour tour;
    private final Workplace place;
    private final Optional<Path> given;

    /** @param given the image; else one is made */
    Quickstart(Tour tour, Workplace place, Optional<Path> given) {
        this.tour = tour;
        this.place = place;
        this.given = given;
    }

    /** Goes through all steps, cleaning up included. */
    void run() throws IOException {
        tour.step("See which drivers work here", "varve driver ls", this::drivers);
        Path[] source = new Path[1];
        tour.step("Take an image",
                given.isPresent() ? "ls " + given.get() : "varve layer create · cp · varve layer diff",
                step -> source[0] = image(step));
        Image[] image = new Image[1];
        String name = place.free("quickstart");
        tour.step("Load it: each of its layers is unpacked once",
                "varve image load " + (given.isPresent() ? given.get() : "sample") + " --name " + name,
                step -> image[0] = load(step, source[0], name));
        Optional<LayerId> base = LayerActions.top(image[0]);
        LayerId edited = new LayerId(place.free("edited"));
        tour.step("Put a writable layer on top", "varve layer create " + edited + " --image " + name,
                step -> create(step, edited, base));
        Lease[] lease = new Lease[1];
        tour.step("Mount it", "varve layer mount " + edited, step -> lease[0] = mount(step, edited));
        tour.step("Change files in it, with any tool", "cd $(varve layer mount " + edited + "); touch, rm, mkdir …",
                step -> TreeEdits.make(lease[0].path()).forEach(step::say));
        tour.step("Ask what changed: A added, C changed, D deleted", "varve layer changes " + edited,
                step -> changes(step, edited));
        Written[] archive = new Written[1];
        tour.step("Take the changes as a layer archive", "varve layer diff " + edited + " -o layer.tar",
                step -> archive[0] = diff(step, edited));
        LayerId copy = new LayerId(place.free("copy"));
        tour.step("Apply the archive to the same image as another layer",
                "varve layer apply " + copy + " layer.tar --image " + name,
                step -> apply(step, copy, base, archive[0]));
        tour.step("Compare both trees, every byte",
                "varve layer changes " + copy + " --parent " + edited + " --compare content",
                step -> compare(step, copy, edited));
        tour.step("Clean up", "varve layer umount · varve layer rm · varve image rm",
                step -> place.cleanUp().forEach(step::say));
    }

    private void drivers(Tour.Step step) throws IOException {
        List<DriverReport> reports = DriverCommands.reports(place.config());
        DriverCommands.table(reports).lines().forEach(step::say);
        for (DriverReport report : reports) {
            if (report.selected() && report.name().equals("vfs")) {
                boolean overlayRefused = reports.stream()
                        .anyMatch(r -> r.name().equals("overlay") && !(r.support() instanceof Support.Yes));
                step.say("vfs is used: each layer is a full copy, which works everywhere, mounts nothing"
                        + " and takes more room" + (overlayRefused ? "; overlay would, but does not work here" : ""));
            }
        }
        place.open();
    }

    private Path image(Tour.Step step) throws IOException {
        if (given.isEmpty()) {
            step.say("none was named, so a small one is made of files of this host:");
            return SampleImage.build(place, step);
        }
        Path path = given.get();
        step.say(path + (Files.isDirectory(path) ? "  (a directory)" : "  (" + Plain.bytes(Files.size(path)) + ")"));
        return path;
    }

    private Image load(Tour.Step step, Path source, String name) throws IOException {
        Image image = place.load(source, name, step.progress());
        List<String> lines = new ArrayList<>();
        long size = 0;
        long inodes = 0;
        for (LayerId layer : image.layers()) {
            Usage usage = place.varve().layers().inspect(layer).record().usage().orElse(Usage.NONE);
            size += usage.size();
            inodes += usage.inodes();
            lines.add(String.format("%3d  %s  %7s in %5d entries", lines.size() + 1, Plain.shortened(layer.value()),
                    Plain.bytes(usage.size()), usage.inodes()));
        }
        step.say(Plain.count(image.layers().size(), "layer") + ", base first; together " + Plain.bytes(size) + " in "
                + inodes + " entries");
        step.say(lines, LAYERS_SHOWN);
        omitted(step, image.omissions());
        return image;
    }

    private void create(Tour.Step step, LayerId id, Optional<LayerId> base) throws IOException {
        place.create(id.value(), base);
        LayerStore.LayerInfo layer = place.varve().layers().inspect(id);
        step.say("layer " + id + ", empty, with " + Plain.count(layer.depth() - 1, "layer") + " below it");
    }

    private Lease mount(Tour.Step step, LayerId id) throws IOException {
        Lease lease = place.acquire(id);
        step.say(lease.path().toString());
        step.say(Trees.mountAt(lease.path()).map(Quickstart::kind).orElse("a plain directory; nothing is mounted"));
        return lease;
    }

    private static String kind(MountInfo mount) {
        int lowers = mount.overlayLowers().size();
        return "a mount of type " + mount.type() + (lowers > 0 ? " with " + Plain.count(lowers, "lower layer") : "");
    }

    private void changes(Tour.Step step, LayerId id) throws IOException {
        LayerStore.Changes changes = place.varve().layers().changes(id);
        step.say(changes.list().stream().map(Change::toString).toList(), CHANGES_SHOWN);
        if (changes.list().isEmpty()) {
            step.say("nothing");
        }
        step.say("(" + changes.method().reason() + ")");
    }

    private Written diff(Tour.Step step, LayerId id) throws IOException {
        Written written = place.varve().layers().diff(id).writeTo(place.file("layer.tar"), Compression.NONE);
        step.say("layer.tar, " + Plain.bytes(written.size()) + ", " + written.entries() + " entries; its diff ID:");
        step.say(written.diffId().toString());
        omitted(step, written.omissions());
        return written;
    }

    private void apply(Tour.Step step, LayerId id, Optional<LayerId> base, Written archive) throws IOException {
        Applied applied;
        try (InputStream in = Files.newInputStream(place.file("layer.tar"))) {
            applied = place.varve()
                    .layers()
                    .apply(id, base, in, new Expected(Optional.of(archive.blob()), Optional.of(archive.diffId())));
        }
        place.made(id);
        step.say("layer " + id + ", " + applied.entries() + " entries; the digest was verified on the way");
        omitted(step, applied.omissions());
    }

    private void compare(Tour.Step step, LayerId copy, LayerId edited) throws IOException {
        LayerStore.Changes differences = place.varve().layers().changes(copy, Optional.of(edited), Comparison.CONTENT);
        if (differences.list().isEmpty()) {
            step.say("both trees are equal");
            return;
        }
        step.say(differences.list().stream().map(Change::toString).toList(), CHANGES_SHOWN);
        throw new CliException(ExitCode.FAILED,
                "the trees differ in " + Plain.count(differences.list().size(), "place"),
                "this should not be; please" + " report it with the output above");
    }

    private static void omitted(Tour.Step step, List<Omission> omissions) {
        if (!omissions.isEmpty()) {
            step.say(Plain.count(omissions.size(), "thing") + " left out, the first of them:");
            step.say("  " + omissions.getFirst());
        }
    }
}
