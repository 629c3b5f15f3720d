package dev.varve.domain.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    void optionsMustBeShownByTheMountOrByItsFileSystem() {
        MountProof proof = new MountProof.Overlay("varve", List.of("1/fs"), Optional.empty(),
                Set.of("nodev", "userxattr"));
        assertThat(proof
                .contradiction(MountInfo.parse("9 2 0:5 / /m ro,nodev - overlay varve ro,lowerdir=1/fs,userxattr")))
                .isEmpty();
        assertThat(proof.contradiction(MountInfo.parse("9 2 0:5 / /m ro,nodev - overlay varve ro,lowerdir=1/fs"))).get()
                .asString()
                .contains("without the option userxattr");
        assertThat(new MountProof.Bound(false, false, Set.of("noexec"))
                .contradiction(MountInfo.parse("1 2 0:3 / /m rw,nodev - ext4 /dev/vda rw"))).get()
                .asString()
                .contains("noexec");
    }

    @Test
    void aMountOfAnotherSourceMapsOwnersInAnotherWay() {
        MountProof mapped = new MountProof.Overlay("varve ids=0:1000:5", List.of("1/fs"), Optional.empty(), Set.of());
        assertThat(mapped
                .contradiction(MountInfo.parse("9 2 0:5 / /m ro - overlay varve\\040ids=0:1000:5 ro,lowerdir=1/fs")))
                .isEmpty();
        assertThat(mapped.contradiction(overlay("lowerdir=1/fs"))).get()
                .isEqualTo("the mount is one of \"varve\", planned was one of \"varve ids=0:1000:5\"");
    }

    @Test
    void bindMountMapsOwnersExactlyIfPlanned() {
        MountInfo mapped = MountInfo.parse("1 2 0:3 / /m ro,idmapped - ext4 /dev/vda rw");
        MountInfo plain = MountInfo.parse("1 2 0:3 / /m ro - ext4 /dev/vda rw");
        MountProof proof = new MountProof.Bound(true, true, Set.of());
        assertThat(proof.contradiction(mapped)).isEmpty();
        assertThat(proof.contradiction(plain)).get().asString().contains("as they are");
        assertThat(new MountProof.Bound(true).contradiction(mapped)).get().asString().contains("not planned");
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
