package dev.varve.domain.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

class MountProofTest {
    private static final MountProof WRITABLE = new MountProof.Overlay(List.of("2/fs", "1/fs"),
            Optional.of(Path.of("/s/3/fs")));
    private static final MountProof READ_ONLY = new MountProof.Overlay(List.of("2/fs", "1/fs"), Optional.empty());

    @Test
    void whatWasPlannedIsNotContradicted() {
        assertThat(WRITABLE.contradiction(overlay("lowerdir=2/fs:1/fs,upperdir=3/fs"))).isEmpty();
        assertThat(WRITABLE.contradiction(overlay("lowerdir+=2/fs,lowerdir+=1/fs,upperdir=3/fs"))).isEmpty();
        assertThat(READ_ONLY.contradiction(overlay("lowerdir=2/fs:1/fs"))).isEmpty();
    }

    @Test
    void tooFewLayersAreCounted() {
        assertThat(WRITABLE.contradiction(overlay("lowerdir=2/fs,upperdir=3/fs"))).get()
                .isEqualTo("2 lower directories were planned, 1 are mounted");
        assertThat(WRITABLE.contradiction(overlay("upperdir=3/fs"))).get().asString().contains("0 are mounted");
    }

    @Test
    void wrongOrderIsAContradiction() {
        assertThat(WRITABLE.contradiction(overlay("lowerdir=1/fs:2/fs,upperdir=3/fs"))).get()
                .asString()
                .contains("not those that were planned");
    }

    @Test
    void upperDirectoryMustBeThereExactlyIfPlanned() {
        assertThat(WRITABLE.contradiction(overlay("lowerdir=2/fs:1/fs"))).get().asString().contains("no upper");
        assertThat(READ_ONLY.contradiction(overlay("lowerdir=2/fs:1/fs,upperdir=3/fs"))).get()
                .asString()
                .contains("writable");
    }

    @Test
    void anotherFileSystemIsNamed() {
        assertThat(WRITABLE.contradiction(MountInfo.parse("1 2 0:3 / /m rw - tmpfs t rw"))).get()
                .asString()
                .contains("tmpfs is mounted");
    }

    @Test
    void bindMountMustBeReadOnlyIfPlanned() {
        MountInfo writable = MountInfo.parse("1 2 0:3 / /m rw - ext4 /dev/vda ro");
        MountInfo readOnly = MountInfo.parse("1 2 0:3 / /m ro - ext4 /dev/vda rw");
        assertThat(new MountProof.Bound(true).contradiction(writable)).isPresent();
        assertThat(new MountProof.Bound(true).contradiction(readOnly)).isEmpty();
        assertThat(new MountProof.Bound(false).contradiction(writable)).isEmpty();
    }

    @Test
    void planHasAStep() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MountPlan(Path.of("/m"), List.of(), new MountProof.Bound(true)));
    }

    private static MountInfo overlay(String options) {
        return MountInfo.parse("90 28 0:55 / /m rw - overlay varve rw," + options);
    }
}
