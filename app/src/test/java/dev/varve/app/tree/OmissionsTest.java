package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.varve.domain.path.EntryPath;
import dev.varve.ports.in.LayerStore.Omission;

/** What is told in the end of what was left out on the way. */
class OmissionsTest {
    private final Omissions omissions = new Omissions();

    private void add(String path) {
        omissions.add(EntryPath.of(path), "owner", "0:0");
    }

    @Test
    void whatIsMadeAnewOrTakenAwayIsForgotten() {
        add("");
        add("a");
        add("a/b");
        add("a.b");
        omissions.add(EntryPath.of("a/b"), "device", "1:3");
        omissions.forget(EntryPath.of("a"));
        assertThat(omissions.list()).extracting(Omission::path)
                .map(EntryPath::toString)
                .containsExactly("/", "/a/b", "/a.b", "/a/b");
        omissions.forgetWithin(EntryPath.of("a"));
        omissions.forget(EntryPath.ROOT);
        assertThat(omissions.list()).containsExactly(new Omission(EntryPath.of("a.b"), "owner 0:0"));
    }

    @Test
    void ofEachKindSomeAreListedAndTheOthersCounted() {
        for (int i = 0; i < 1500; i++) {
            add("f" + i);
        }
        omissions.add(EntryPath.of("s"), "socket", "");
        assertThat(omissions.list()).hasSize(1002)
                .contains(new Omission(EntryPath.ROOT, "owner: 500 more of these"),
                        new Omission(EntryPath.of("s"), "socket"));
    }
}
