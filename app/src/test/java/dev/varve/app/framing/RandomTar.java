package dev.varve.app.framing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.varve.testkit.tree.TarBuilder;

/** Archives in which entries come in any order and often take each other's place, but that a layer can be made of. */
final class RandomTar {
    private static final String[] NAMES = {"a", "b", "c"};
    private final Random random;
    private final TarBuilder tar = new TarBuilder();
    /** The paths that are regular files now, and can be linked to. */
    private final List<String> files = new ArrayList<>();
    private final List<String> directories = new ArrayList<>(List.of(""));

    private RandomTar(Random random) {
        this.random = random;
    }

    static byte[] of(Random random) {
        RandomTar one = new RandomTar(random);
        int entries = random.nextInt(40);
        for (int i = 0; i < entries; i++) {
            one.add();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(one.tar.build());
        if (random.nextInt(3) == 0) {
            byte[] rest = new byte[random.nextInt(3000)];
            random.nextBytes(rest);
            all.writeBytes(rest);
        }
        return all.toByteArray();
    }

    private void add() {
        String directory = directories.get(random.nextInt(directories.size()));
        String path = directory + NAMES[random.nextInt(NAMES.length)];
        switch (random.nextInt(12)) {
            case 0 -> {
                if (!directories.contains(path + "/")) {
                    forget(path);
                    directories.add(path + "/");
                }
                tar.entry(path + "/", '5', random.nextInt(01000), 0, 0, 5, "", new byte[0]);
            }
            case 1 -> {
                forget(path);
                tar.symlink(path, "nowhere");
            }
            case 2 -> link(path);
            case 3 -> tar.whiteout(directory, NAMES[random.nextInt(NAMES.length)]);
            case 4 -> tar.opaque(directory);
            case 5 -> tar.file(".wh..wh.plnk/x", "bookkeeping");
            case 6 -> {
                tar.pax("SCHILY.xattr.user.x", content(500));
                file(path, 100);
            }
            case 7 -> file(path, 300_000);
            default -> file(path, 2000);
        }
    }

    private void link(String path) {
        if (files.isEmpty()) {
            return;
        }
        String target = files.get(random.nextInt(files.size()));
        if (!target.equals(path) && !target.startsWith(path + "/")) {
            forget(path);
            files.add(path);
            tar.hardLink(path, target);
        }
    }

    private void file(String path, int most) {
        forget(path);
        files.add(path);
        tar.entry(path, '0', random.nextInt(01000), 0, 0, 5, "", content(most));
    }

    private byte[] content(int most) {
        int length = random.nextInt(most);
        if (random.nextInt(4) == 0) {
            return new byte[length];
        }
        return String.format("%016x", random.nextLong())
                .repeat(1 + length / 16)
                .substring(0, length)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void forget(String path) {
        files.removeIf(f -> f.equals(path) || f.startsWith(path + "/"));
        directories.removeIf(d -> d.startsWith(path + "/"));
    }
}
