package dev.varve.adapter.overlay;

import java.util.ArrayList;
import java.util.List;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.Finding;

/** All that can be found out about overlayfs in a store. What could not be tried is told as such, with the reason. */
final class OverlayFindings {
    private static final String MOUNTED = "a mount with it";
    private static final IdMapping SAMPLE = new IdMapping(IdMapping.ranges("0:100000:65536"),
            IdMapping.ranges("0:100000:65536"));
    private final DriverContext context;
    private final OverlayOptions options;
    private final OverlayFacts facts;
    private final List<Finding> found = new ArrayList<>();

    OverlayFindings(DriverContext context, OverlayOptions options, OverlayFacts facts) {
        this.context = context;
        this.options = options;
        this.facts = facts;
    }

    /** In the order in which they are to be shown. */
    List<Finding> all() {
        used();
        try (ProbeArea area = ProbeArea.in(context)) {
            tried(area, new OverlayTrial(context, area, facts));
        } catch (VarveException e) {
            found.add(new Finding("probes", "not run", e.getMessage()));
        }
        found.add(new Finding("max_lowers", Integer.toString(OverlayDriver.MAX_LOWERS),
                "the limit in the kernel's source (OVL_MAX_STACK); not tried"));
        return found;
    }

    private void used() {
        String byDefault = "the default";
        found.add(new Finding("strategy", options.strategy().option(),
                options.strategy() == Strategy.LAYERS ? byDefault : "asked for"));
        found.add(new Finding("mount_api", facts.api().option(), options.mountApi().isPresent() ? "asked for"
                : "the best of Linux " + context.syscalls().host().kernelRelease()));
        found.add(new Finding("mount_options", String.join(",", options.settings().options(facts.userXattr(), true)),
                options.settings().isAsking() ? "asked for: " + options.settings().text()
                        : "the default of writable mounts"));
        found.add(new Finding("xattr_namespace", facts.whiteouts().namespace().prefix() + "*", namespaceHow()));
        found.add(new Finding("whiteouts",
                facts.whiteouts().form() == WhiteoutFormat.Form.DEVICE ? "character device 0:0" : "xattr",
                facts.how()));
    }

    private String namespaceHow() {
        NamespaceRecord record = new NamespaceRecord(context);
        try {
            return record.read().map(_ -> "written down in " + record.path()).orElse(facts.how());
        } catch (VarveException e) {
            return facts.how() + "; " + e.getMessage();
        }
    }

    private void tried(ProbeArea area, OverlayTrial trial) {
        MountSettings plain = MountSettings.DEFAULT;
        works("overlay", "a mount of two empty layers", () -> trial.mount(facts.api(), facts.userXattr(), plain));
        does("d_type", "a listing of a mount leaves a whiteout out", trial::listsWithoutDeviceWhiteouts);
        works("xattr_trusted", "an attribute trusted.* set on a directory of the store",
                () -> OverlayFacts.set(area.directory(), "trusted.varve"));
        works("xattr_user", "an attribute user.* set on a directory of the store",
                () -> OverlayFacts.set(area.directory(), "user.varve"));
        works("mount_legacy", MOUNTED, () -> trial.mount(MountApi.LEGACY, facts.userXattr(), plain));
        works("lowerdir_string", MOUNTED, () -> trial.mount(MountApi.STRING, facts.userXattr(), plain));
        works("lowerdir_fd", MOUNTED, () -> trial.mount(MountApi.FD, facts.userXattr(), plain));
        works("userxattr", MOUNTED, () -> trial.mount(facts.api(), true, plain));
        does("xattr_whiteouts", "one hides a name, and is not listed", trial::readsXattrWhiteouts);
        if (facts.userXattr()) {
            for (String name : List.of("redirect_dir", "metacopy")) {
                found.add(new Finding(name, "no", "overlayfs does not do it with userxattr"));
            }
        } else {
            does("redirect_dir", "a directory of a lower layer renamed", trial::renamesDirectories);
            does("metacopy", "the mode of a lower file changed, and no data copied", trial::copiesMetadataOnly);
        }
        does("index", "a mount with it makes its directory", trial::keepsIndex);
        does("volatile", "a mount with it leaves its mark", trial::marksVolatile);
        does("idmapped_lowers", "a mount that shows other owners, and copies up with the own ones",
                () -> trial.mapsOwners(SAMPLE));
        works("data_only_lowers", "a mount with datadir+", trial::mountDataOnlyLower);
    }

    private interface Question {
        boolean ask() throws VarveException;
    }

    private void works(String name, String how, ProbeArea.Step step) {
        does(name, how, () -> {
            step.run();
            return true;
        });
    }

    private void does(String name, String how, Question question) {
        try {
            boolean yes = question.ask();
            found.add(new Finding(name, yes ? "yes" : "no", yes ? how : how + ": mounted, but this did not happen"));
        } catch (VarveException e) {
            found.add(new Finding(name, "no", how + ": " + e.getMessage()));
        }
    }
}
