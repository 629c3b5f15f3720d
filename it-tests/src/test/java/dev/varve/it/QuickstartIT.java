package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The newcomer's tour ends well and leaves nothing behind. */
class QuickstartIT {
    private static final Pattern STORE = Pattern.compile("(?m)^store: (.+) \\(removed at the end\\)$");

    @Test
    @Tag("kernel")
    @EnabledIf(value = "dev.varve.it.Drivers#isRoot", disabledReason = "mounting an overlay needs root")
    void itMountsForRoot() throws IOException {
        assertThat(tour(Command.varve("quickstart"))).contains("a mount of type overlay");
    }

    @Test
    void itCopiesForOneWhoMayNotMount() throws IOException {
        Command command = Command.varve("quickstart");
        if (Drivers.isRoot()) {
            command = command.asNobody();
            Assumptions.assumeTrue(Command.varve("version").asNobody().run().code() == 0,
                    "another user cannot reach the checkout or the JDK");
        }
        assertThat(tour(command)).contains("vfs is used");
    }

    @Test
    void itWorksWithTheDriverThatWasNamed() throws IOException {
        TreeMap<String, String> told = FlatJson
                .parse(Command.varve("quickstart", "--driver", "vfs", "--json").succeeds().bytes());
        assertThat(told).containsEntry("equal", "true").containsEntry("storeRemoved", "true").containsKey("store");
        assertNothingIsLeft(Path.of(told.get("store")));
    }

    private static String tour(Command command) throws IOException {
        String output = command.succeeds().output();
        assertThat(output).contains("both trees are equal").contains("Done");
        Matcher store = STORE.matcher(output);
        assertThat(store.find()).as("%s", output).isTrue();
        assertNothingIsLeft(Path.of(store.group(1)));
        return output;
    }

    /** Neither a mount nor the directory that was made for the tour. */
    private static void assertNothingIsLeft(Path store) throws IOException {
        assertThat(store.getParent().toString()).contains("varve-quickstart-");
        assertThat(store.getParent()).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(store.getParent().toString());
    }
}
