package dev.varve.domain.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.UnsafePathException;

class EntryPathTest {
    private static final int ROUNDS = 2_000;
    /** Repeat a failure with {@code -Dvarve.seed=N}, N from its message. */
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({"a,/a", "./a,/a", "/a,/a", "//a,/a", "a/,/a", "a//b/,/a/b", "a/./b,/a/b", "a/../b,/b", "a/b/..,/a",
        "a/b/../..,/", "a/b/../../c,/c", "./././,/", ".,/", "/,/", "//,/", "a/..,/", "...,/...", "..a,/..a", "a..,/a..",
        ".a,/.a", "a/.../b,/a/.../b", "ab/c/../d,/ab/d"})
    void namesOfArchivesAreTidied(String raw, String shown) throws UnsafePathException {
        EntryPath path = EntryPath.ofArchive(bytes(raw));
        assertThat(path).hasToString(shown);
        assertThat(path.toBytes()).isEqualTo(bytes(shown.substring(1)));
        assertThat(path.isRoot()).isEqualTo(shown.equals("/"));
    }

    @Test
    void emptyNameIsTheRoot() throws UnsafePathException {
        assertThat(EntryPath.ofArchive(new byte[0])).isEqualTo(EntryPath.ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "/../x", "./../x", "a/../../x", "a/b/../../..", "//..//"})
    void namesThatClimbAboveTheRootAreRefused(String raw) {
        assertThatExceptionOfType(UnsafePathException.class).isThrownBy(() -> EntryPath.ofArchive(bytes(raw)))
                .withMessageContaining("climbs above the root")
                .withMessageContaining(raw);
        assertThatThrownBy(() -> EntryPath.of(raw)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "a/b\0c/d", "./\0", "a/\0/../b"})
    void namesWithNulAreRefusedAndPrintedEscaped(String raw) {
        assertThatExceptionOfType(UnsafePathException.class).isThrownBy(() -> EntryPath.ofArchive(bytes(raw)))
                .withMessageContaining("NUL")
                .withMessageContaining("\\x00");
    }

    @Test
    void orderIsThatOfAWalk() {
        List<EntryPath> walk = paths("", "a", "a/b", "a/b/c", "a/c", "a b", "a-b", "a.b", "a.b/c", "a0", "ab",
                "\u00e9");
        List<EntryPath> mixed = new ArrayList<>(walk);
        Collections.shuffle(mixed, new Random(SEED));
        Collections.sort(mixed);
        assertThat(mixed).as("seed %d", SEED).isEqualTo(walk);
    }

    @Test
    void siblingsAreOrderedByUnsignedBytes() throws UnsafePathException {
        EntryPath high = EntryPath.ofArchive(new byte[]{(byte) 0xff});
        assertThat(high).isGreaterThan(EntryPath.of("z"));
        assertThat(EntryPath.of("a").child(name(0x01))).isLessThan(EntryPath.of("a/b"))
                .isGreaterThan(EntryPath.of("a"));
    }

    @Test
    void orderAgreesWithTheOneOfTheNames() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            EntryPath a = randomPath(random);
            EntryPath b = random.nextInt(3) == 0 ? a.child(randomName(random)) : randomPath(random);
            int expected = Arrays.compare(a.names().toArray(EntryName[]::new), b.names().toArray(EntryName[]::new));
            assertThat(Integer.signum(a.compareTo(b))).as("seed %d: %s and %s", SEED, a, b)
                    .isEqualTo(Integer.signum(expected));
            assertThat(Integer.signum(b.compareTo(a))).as("seed %d: %s and %s", SEED, b, a)
                    .isEqualTo(-Integer.signum(expected));
        }
    }

    @Test
    void withinKnowsComponentsFromPrefixes() {
        EntryPath a = EntryPath.of("a");
        assertThat(a.isWithin(a)).isTrue();
        assertThat(a.isWithin(EntryPath.ROOT)).isTrue();
        assertThat(EntryPath.ROOT.isWithin(EntryPath.ROOT)).isTrue();
        assertThat(EntryPath.ROOT.isWithin(a)).isFalse();
        assertThat(EntryPath.of("a/b/c").isWithin(a)).isTrue();
        assertThat(EntryPath.of("ab").isWithin(a)).isFalse();
        assertThat(EntryPath.of("ab/c").isWithin(a)).isFalse();
        assertThat(a.isWithin(EntryPath.of("a/b"))).isFalse();
    }

    @Test
    void rootHasNeitherNameNorParent() {
        assertThatThrownBy(EntryPath.ROOT::name).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(EntryPath.ROOT::parent).isInstanceOf(IllegalStateException.class);
        assertThat(EntryPath.ROOT.names()).isEmpty();
        assertThat(EntryPath.ROOT).hasToString("/");
    }

    @Test
    void childParentNameAndNamesRoundTrip() throws UnsafePathException {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            EntryPath path = randomPath(random);
            EntryName name = randomName(random);
            EntryPath child = path.child(name);
            assertThat(child.parent()).as("seed %d", SEED).isEqualTo(path);
            assertThat(child.name()).as("seed %d", SEED).isEqualTo(name);
            assertThat(child.isWithin(path)).as("seed %d", SEED).isTrue();
            assertThat(child).as("seed %d", SEED).isGreaterThan(path);
            EntryPath rebuilt = EntryPath.ROOT;
            for (EntryName each : child.names()) {
                rebuilt = rebuilt.child(each);
            }
            assertThat(rebuilt).as("seed %d", SEED).isEqualTo(child).hasSameHashCodeAs(child);
            assertThat(EntryPath.ofArchive(child.toBytes())).as("seed %d", SEED).isEqualTo(child);
            assertThat(EntryPath.ofArchive(untidy(child, random))).as("seed %d: %s", SEED, child).isEqualTo(child);
        }
    }

    @Test
    void callersCannotChangeThePath() throws UnsafePathException {
        byte[] raw = bytes("a/b");
        EntryPath path = EntryPath.ofArchive(raw);
        raw[0] = 'x';
        path.toBytes()[0] = 'y';
        assertThat(path).isEqualTo(EntryPath.of("a/b"));
    }

    @Test
    void printsEscaped() throws UnsafePathException {
        assertThat(EntryPath.ofArchive(bytes("a/\u001b[31m/b\\"))).hasToString("/a/\\x1b[31m/b\\x5c");
    }

    /** The same path as a careless archiver might write it. */
    private static byte[] untidy(EntryPath path, Random random) {
        StringBuilder out = new StringBuilder(random.nextBoolean() ? "/" : "./");
        for (EntryName name : path.names()) {
            String part = latin1(name.toBytes());
            out.append(switch (random.nextInt(4)) {
                case 0 -> "./" + part + "/";
                case 1 -> "gone/../" + part + "//";
                case 2 -> part + "/x/y/../../";
                default -> part + "/";
            });
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static EntryPath randomPath(Random random) {
        EntryPath path = EntryPath.ROOT;
        for (int depth = random.nextInt(5); depth > 0; depth--) {
            path = path.child(randomName(random));
        }
        return path;
    }

    private static EntryName randomName(Random random) {
        while (true) {
            byte[] bytes = new byte[1 + random.nextInt(4)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextBoolean() ? (byte) ".ab-~0".charAt(random.nextInt(6))
                        : (byte) random.nextInt(256);
            }
            String text = latin1(bytes);
            if (text.indexOf('/') < 0 && text.indexOf(0) < 0 && !text.equals(".") && !text.equals("..")) {
                return EntryName.of(bytes);
            }
        }
    }

    private static List<EntryPath> paths(String... texts) {
        return Arrays.stream(texts).map(EntryPath::of).toList();
    }

    private static EntryName name(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return EntryName.of(bytes);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
