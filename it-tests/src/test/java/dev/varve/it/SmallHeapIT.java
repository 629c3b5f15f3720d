package dev.varve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import dev.varve.testkit.tree.TarBuilder;

/** Large layers, in each way that a layer can be large, with the heap that is promised to be enough for any. */
class SmallHeapIT extends CliTest {
    private static final int MEGABYTE = 1 << 20;
    private static final String HEAP = "-Xmx128m";
    private static final int FILES = 100_000;
    private static final int PER_DIRECTORY = 25_000;
    private static final int BIG = 300;
    private static final int RECORDS = 60;
    /** Of one entry; more than 4 MiB is refused. */
    private static final int RECORD = 3 * MEGABYTE;

    private interface Content {
        void to(OutputStream out) throws IOException;
    }

    private Path archive(Content content) throws IOException {
        Path file = directory().resolve("layer.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), MEGABYTE)) {
            content.to(out);
            out.write(new byte[1024]);
        }
        return file;
    }

    /** Without the end of an archive. */
    private static void add(OutputStream out, TarBuilder entries) throws IOException {
        byte[] whole = entries.build();
        out.write(whole, 0, whole.length - 1024);
    }

    /** Applies it, and takes the very archive back out of what is kept beside the layer. */
    private TreeMap<String, String> goesInAndComesOut(Path archive) throws IOException {
        TreeMap<String, String> applied = small("layer", "apply", "large", archive.toString());
        Path back = directory().resolve("back.tar");
        TreeMap<String, String> written = small("layer", "diff", "large", "-o", back.toString());
        assertThat(written).containsEntry("diffId", applied.get("diffId"))
                .containsEntry("method/fromDelta", "true")
                .hasEntrySatisfying("method/reason", reason -> assertThat(reason).contains("applied from"));
        assertThat(Files.mismatch(archive, back)).isEqualTo(-1);
        small("layer", "size", "large");
        small("layer", "rm", "large");
        return applied;
    }

    private TreeMap<String, String> small(String... words) throws IOException {
        Command command = varve(words).with("--json")
                .withEnvironment("VARVE_JAVA_OPTS", HEAP + " --illegal-native-access=deny");
        return FlatJson.parse(command.succeeds().bytes());
    }

    @Test
    void aLayerOfVeryManyFiles() throws IOException {
        String longName = "n".repeat(200);
        Path archive = archive(out -> {
            for (int i = 0; i < FILES; i++) {
                TarBuilder entry = new TarBuilder();
                if (i % PER_DIRECTORY == 0) {
                    entry.directory("d" + i / PER_DIRECTORY + "/");
                }
                add(out, entry.file("d" + i / PER_DIRECTORY + "/" + longName + i, ""));
            }
        });
        assertThat(goesInAndComesOut(archive)).containsEntry("entries",
                Integer.toString(FILES + FILES / PER_DIRECTORY));
    }

    @Test
    void aLayerWithAFileThatIsLargerThanTheHeap() throws IOException {
        byte[] noise = new byte[MEGABYTE];
        new Random(1).nextBytes(noise);
        Path archive = archive(out -> {
            byte[] one = new TarBuilder().entry("big", '0', 0644, 0, 0, 1000, "", noise).build();
            byte[] header = Arrays.copyOf(one, 512);
            size(header, (long) BIG * MEGABYTE);
            out.write(header);
            for (int i = 0; i < BIG; i++) {
                out.write(noise);
            }
        });
        goesInAndComesOut(archive);
    }

    @Test
    void aLayerWithLongRecords() throws IOException {
        byte[] noise = new byte[RECORD];
        new Random(2).nextBytes(noise);
        Path archive = archive(out -> {
            for (int i = 0; i < RECORDS; i++) {
                noise[i]++;
                add(out, new TarBuilder().pax("EXAMPLE.note", noise).file("f" + i, "f"));
            }
        });
        assertThat(goesInAndComesOut(archive)).containsEntry("entries", Integer.toString(RECORDS));
    }

    /** Eleven octal digits, and the checksum anew. */
    private static void size(byte[] header, long size) {
        String digits = "%011o".formatted(size);
        System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, header, 124, 11);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
    }
}
