package dev.varve.app.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.varve.domain.change.Comparison;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.testkit.fake.MemorySyscalls;

/** What the comparison of whole trees finds without reading, and what it finds only by reading. */
class TreeComparisonTest {
    private static final Path OLDER = Path.of("/older");
    private static final Path NEWER = Path.of("/newer");
    private static final EntryName FILE = EntryName.of("file");
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000L, 5);
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeTrees() throws VarveException {
        host.makeDirectories(OLDER);
        host.makeDirectories(NEWER);
        host.writeFile(OLDER.resolve("file"), "content".getBytes(UTF_8));
        stamp(OLDER);
    }

    private void stamp(Path root) throws VarveException {
        try (Directory directory = host.directory(root)) {
            directory.setModified(TIME);
            if (directory.find(FILE).isPresent()) {
                try (OpenFile file = directory.write(FILE)) {
                    file.setModified(TIME);
                }
            }
        }
    }

    private List<String> compared(Comparison comparison) throws VarveException {
        host.clearFaults();
        ChangeCollector collector = new ChangeCollector();
        try (Directory older = host.directory(OLDER); Directory newer = host.directory(NEWER)) {
            new TreeComparison(older, newer, comparison, collector).run();
        }
        return collector.sorted().stream().map(Object::toString).toList();
    }

    private boolean wasRead() {
        return host.log().stream().anyMatch(call -> call.startsWith("readAt"));
    }

    @Test
    void otherContentOfEqualSizeAndTimeIsFoundWhenAskedFor() throws VarveException {
        host.writeFile(NEWER.resolve("file"), "CONTENT".getBytes(UTF_8));
        stamp(NEWER);
        assertThat(compared(Comparison.METADATA)).isEmpty();
        assertThat(compared(Comparison.CONTENT)).containsExactly("C /file");
        assertThat(wasRead()).isTrue();
    }

    @Test
    void oneFileInBothTreesIsNotRead() throws VarveException {
        try (Directory older = host.directory(OLDER); Directory newer = host.directory(NEWER)) {
            newer.link(older, FILE, FILE);
        }
        stamp(NEWER);
        assertThat(compared(Comparison.CONTENT)).isEmpty();
        assertThat(wasRead()).isFalse();
    }

    /** Groups that count how often they are compared, name by name. */
    private static final class Groups {
        private final Map<EntryPath, Set<EntryPath>> byPath = new HashMap<>();
        private int comparisons;

        private Groups with(String... paths) {
            Set<EntryPath> group = new TreeSet<>() {
                @Override
                public boolean containsAll(Collection<?> other) { // which equals asks of sets of one size
                    comparisons++;
                    return super.containsAll(other);
                }
            };
            for (String path : paths) {
                group.add(EntryPath.of(path));
                byPath.put(EntryPath.of(path), group);
            }
            return this;
        }
    }

    @Test
    void groupsOfHardLinksAreComparedOnce() {
        String[] many = IntStream.range(0, 1000).mapToObj(i -> "many" + i).toArray(String[]::new);
        Groups before = new Groups().with(many).with("a", "b").with("c", "d").with("e").with("f", "g").with("x", "y");
        Groups now = new Groups().with(many).with("a", "c").with("d", "b").with("h").with("x", "y", "z");
        assertThat(TreeComparison.relinked(before.byPath, now.byPath)).map(Object::toString)
                .containsExactlyInAnyOrder("/a", "/b", "/c", "/d", "/f", "/g", "/x", "/y", "/z");
        assertThat(before.comparisons + now.comparisons).isLessThan(10);
    }

    @Test
    void filesThatShareTheirBlocksAreNotRead() throws VarveException {
        host.setCloning(true);
        try (Directory older = host.directory(OLDER);
                Directory newer = host.directory(NEWER);
                OpenFile source = older.read(FILE);
                OpenFile copy = newer.create(FILE, 0644)) {
            copy.setMode(source.stat().mode());
            assertThat(copy.cloneFrom(source)).isTrue();
        }
        stamp(NEWER);
        assertThat(compared(Comparison.CONTENT)).isEmpty();
        assertThat(wasRead()).isFalse();
        try (Directory newer = host.directory(NEWER); OpenFile copy = newer.write(FILE)) {
            copy.write(0, "C".getBytes(UTF_8), 0, 1);
        }
        stamp(NEWER);
        assertThat(compared(Comparison.CONTENT)).containsExactly("C /file");
        assertThat(wasRead()).isTrue();
    }
}
