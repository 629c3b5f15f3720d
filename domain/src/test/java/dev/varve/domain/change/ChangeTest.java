package dev.varve.domain.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.varve.domain.path.EntryPath;

class ChangeTest {
    @Test
    void printsAsDockerDiffDoes() {
        assertThat(new Change(ChangeKind.ADDED, EntryPath.of("a"))).hasToString("A /a");
        assertThat(new Change(ChangeKind.MODIFIED, EntryPath.ROOT)).hasToString("C /");
        assertThat(new Change(ChangeKind.DELETED, EntryPath.of("a\n"))).hasToString("D /a\\x0a");
    }

    @Test
    void orderIsThatOfThePathsFirst() {
        assertThat(new Change(ChangeKind.DELETED, EntryPath.of("a")))
                .isLessThan(new Change(ChangeKind.MODIFIED, EntryPath.of("a/b")));
        assertThat(new Change(ChangeKind.ADDED, EntryPath.of("a/b")))
                .isLessThan(new Change(ChangeKind.MODIFIED, EntryPath.of("a.b")));
        assertThat(new Change(ChangeKind.MODIFIED, EntryPath.of("a")))
                .isLessThan(new Change(ChangeKind.ADDED, EntryPath.of("a")));
    }
}
