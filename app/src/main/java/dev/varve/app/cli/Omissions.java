package dev.varve.app.cli;

import java.util.List;

import dev.varve.ports.in.LayerStore.Omission;

/** Tells what this user or file system could not be given. Never silent: the tree is not the one that was asked for. */
final class Omissions {
    private static final int LISTED = 5;

    private Omissions() {}

    static void report(Output output, List<Omission> omissions) {
        if (omissions.isEmpty()) {
            return;
        }
        output.word("varve: " + Plain.count(omissions.size(), "thing") + " left out:");
        omissions.stream().limit(LISTED).forEach(o -> output.word("  " + o));
        if (omissions.size() > LISTED) {
            output.word("  … and " + (omissions.size() - LISTED) + " more (with --json, all are listed)");
        }
    }

    static void write(Json json, List<Omission> omissions) {
        json.objects("omissions", omissions,
                (o, omission) -> o.field("path", omission.path().toString()).field("what", omission.what()));
    }
}
