package dev.varve.app.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.driver.LayerDriver.Filling;
import dev.varve.ports.in.LayerStore.Filled;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.fake.MemorySyscalls;

/** What the kernel refuses to link is copied, and said so. */
class TreeFillTest {
    private static final Path LOWER = Path.of("/lower");
    private static final Path UPPER = Path.of("/upper");
    private final MemorySyscalls host = MemorySyscalls.create();

    @BeforeEach
    void makeTrees() throws VarveException {
        host.makeDirectories(LOWER.resolve("d"));
        host.makeDirectories(UPPER);
        host.writeFile(LOWER.resolve("d/a"), "a".getBytes(UTF_8));
        host.writeFile(LOWER.resolve("b"), "bb".getBytes(UTF_8));
        try (Directory lower = host.directory(LOWER)) {
            lower.link(lower, EntryName.of("b"), EntryName.of("c"));
        }
    }

    private Filled fill() throws VarveException {
        try (UnionView below = new UnionView(List.of(host.directory(LOWER)), List.of(new NoMarks()), () -> {
            throw new AssertionError("full trees tell all");
        })) {
            return new TreeFill(host.directory(UPPER), Marks.temporary(), below, Filling.HARD_LINK, host.host(),
                    new Omissions()).run();
        }
    }

    private FileStat stat(Path root, String name) throws VarveException {
        try (Directory directory = host.directory(root)) {
            return directory.find(EntryName.of(name)).orElseThrow();
        }
    }

    @Test
    void filesAreLinkedAndOnlyDirectoriesMade() throws VarveException {
        Filled filled = fill();
        assertThat(filled.linked()).isEqualTo(3);
        assertThat(filled.copied()).isZero();
        assertThat(filled.usage().inodes()).isEqualTo(1);
        assertThat(stat(UPPER, "b").sameInode(stat(LOWER, "b"))).isTrue();
        assertThat(stat(UPPER, "d").sameInode(stat(LOWER, "d"))).isFalse();
        assertThat(host.openHandles()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"31,as many hard links", "18,another file system", "1,does not allow"})
    void whatCannotBeLinkedIsCopiedWithItsReason(int errno, String reason) throws VarveException {
        AtomicInteger calls = new AtomicInteger();
        host.refuse(call -> call.equals("link") && calls.incrementAndGet() == 1, new Errno(errno));
        Filled filled = fill();
        assertThat(filled.linked()).isEqualTo(1);
        assertThat(filled.copied()).isEqualTo(2);
        assertThat(filled.usage()).satisfies(made -> {
            assertThat(made.size()).isEqualTo(2);
            assertThat(made.inodes()).isEqualTo(2);
        });
        assertThat(filled.reasons()).hasSize(1)
                .allSatisfy((why, count) -> assertThat(why + count).contains(reason).endsWith("1"));
        assertThat(host.readFile(UPPER.resolve("b"))).asString().isEqualTo("bb");
        assertThat(stat(UPPER, "b").sameInode(stat(LOWER, "b"))).isFalse();
        assertThat(stat(UPPER, "c").sameInode(stat(UPPER, "b"))).isTrue();
    }

    @Test
    void otherFailuresAreFailures() {
        host.refuse(call -> call.equals("link"), Errno.EIO);
        assertThatExceptionOfType(SyscallFailedException.class).isThrownBy(this::fill).withMessageContaining("EIO");
        assertThat(host.openHandles()).isZero();
    }
}
