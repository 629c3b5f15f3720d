package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.TreeMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the command tells of the overlay driver, and what it refuses. */
@Tag("kernel")
@EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
class CliDriverStatusIT extends CliTest {
    @Test
    void findingsAreShownWithHowTheyWereFound() throws IOException {
        applyBase();
        String told = varve("driver", "status", "overlay").succeeds().output();
        assertThat(told).containsPattern("(?m)^FOUND +VALUE +HOW$")
                .containsPattern("(?m)^metacopy +yes +the mode of a lower file changed, and no data copied$")
                .containsPattern("(?m)^whiteouts +character device 0:0 +tried in the store$");
        TreeMap<String, String> json = json("driver", "status", "overlay");
        assertThat(json).containsEntry("status/metacopy", "yes")
                .containsEntry("findings/0/name", "strategy")
                .containsEntry("findings/0/value", "layers")
                .containsEntry("findings/0/how", "the default");
        assertThat(json("status")).containsEntry("driverStatus/strategy", "layers")
                .containsEntry("driverFindings/0/how", "the default");
    }

    @Test
    void optionsThatContradictEachOtherAreRefusedWithBothNames() throws IOException {
        applyBase();
        failsAndChangesNothing(2, "overlay.metacopy=on contradicts overlay.redirect_dir=nofollow",
                varve("layer", "mount", "base", "--storage-opt", "overlay.metacopy=on", "--storage-opt",
                        "overlay.redirect_dir=nofollow"));
        failsAndChangesNothing(2, "overlay.mountopt cannot hold \"lowerdir=/etc\"",
                varve("layer", "mount", "base", "--storage-opt", "overlay.mountopt=nodev,lowerdir=/etc"));
    }

    @Test
    void aVolatileLayerIsWholeAfterItsCommandsEnded() throws IOException {
        applyBase();
        varve("layer", "create", "c", "--parent", "base").succeeds();
        String root = varve("layer", "mount", "c", "--storage-opt", "overlay.volatile=on").succeeds().line();
        Command.of("touch", root + "/new").succeeds();
        varve("layer", "umount", "c").succeeds();
        assertThat(varve("layer", "changes", "c").succeeds().output()).contains("A /new");
        varve("layer", "mount", "c").succeeds();
        varve("layer", "umount", "c").succeeds();
    }
}
