package dev.varve.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.ports.in.Lease;

/**
 * What the launcher lets a JVM do once, to learn for all later ones which classes a command needs and which of its methods
 * are hot (JEP 514, JEP 515): the tour, and layers of so many files that the compilers see where the time goes. Not a
 * command, because no user wants it.
 */
final class Rehearsal {
    private static final int DIRECTORIES = 150;
    private static final int FILES = 200;
    private static final int LARGEST = 1500;
    private final Path directory;

    private Rehearsal(Path directory) {
        this.directory = directory;
    }

    /** @param arguments the directory to work in, which nobody else uses and the caller removes */
    public static void main(String[] arguments) throws Exception {
        new Rehearsal(Path.of(arguments[0])).run();
    }

    private void run() throws IOException, VarveException {
        varve("tour", "--driver", "vfs", "quickstart");
        try (Varve varve = Varve.open(VarveConfig.of(directory.resolve("files")).withDriver("vfs"))) {
            LayerId id = new LayerId("many");
            varve.layers().create(id);
            try (Lease lease = varve.layers().acquire(id)) {
                writeFiles(lease.path());
            }
        }
        String archive = directory.resolve("many.tar").toString();
        varve("files", "layer", "diff", "many", "-o", archive);
        varve("layers", "layer", "apply", "one", archive);
        varve("layers", "layer", "apply", "other", archive);
        varve("layers", "layer", "create", "top", "--parent", "one");
        varve("layers", "layer", "changes", "top");
        varve("layers", "layer", "ls");
        varve("layers", "status");
        varve("layers", "layer", "rm", "other");
    }

    private void writeFiles(Path top) throws IOException {
        Random random = new Random(1);
        for (int d = 0; d < DIRECTORIES; d++) {
            Path below = Files.createDirectory(top.resolve("directory" + d));
            for (int f = 0; f < FILES; f++) {
                byte[] content = new byte[random.nextInt(LARGEST)];
                random.nextBytes(content);
                Files.write(below.resolve("file" + f), content);
            }
        }
    }

    /** A command upon a store of its own; it may fail, as it then does for every user here. */
    private void varve(String store, String... command) {
        List<String> all = new ArrayList<>(List.of("--store", directory.resolve(store).toString()));
        all.addAll(List.of(command));
        Main.run(all, Output.ofProcess(false));
    }
}
