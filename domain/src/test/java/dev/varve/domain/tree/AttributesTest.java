package dev.varve.domain.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttributesTest {
    private static final long LAST_ID = 0xffff_fffeL;

    @Test
    void everyPermissionBitAndIdIsTaken() {
        Attributes all = new Attributes(07777, LAST_ID, LAST_ID, Instant.MIN, Xattrs.NONE);
        assertThat(all.mode()).isEqualTo(07777);
        assertThat(all.uid()).isEqualTo(LAST_ID);
        assertThat(Attributes.missingParent()).isEqualTo(new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE));
    }

    @Test
    void typeBitsAndIdsThatMeanUnchangedAreRefused() {
        refused(0100644, 0, 0);
        refused(-1, 0, 0);
        refused(0644, LAST_ID + 1, 0);
        refused(0644, 0, LAST_ID + 1);
        refused(0644, -1, 0);
        refused(0644, 0, -1);
    }

    private static void refused(int mode, long uid, long gid) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Attributes(mode, uid, gid, Instant.EPOCH, Xattrs.NONE));
    }

    @Test
    void xattrsAreEqualByValue() {
        Xattrs one = Xattrs.of(Map.of("user.a", new byte[]{1, 0}, "user.b", new byte[0]));
        Xattrs same = Xattrs.of(Map.of("user.b", new byte[0], "user.a", new byte[]{1, 0}));
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(one).isNotEqualTo(Xattrs.of(Map.of("user.a", new byte[]{1, 1}, "user.b", new byte[0])));
        assertThat(one).isNotEqualTo(Xattrs.of(Map.of("user.a", new byte[]{1, 0})));
        assertThat(one).isNotEqualTo(Xattrs.of(Map.of("user.a", new byte[]{1, 0}, "user.c", new byte[0])));
    }

    @Test
    void xattrsAreCopiedInAndOut() {
        byte[] value = {1};
        Map<String, byte[]> map = new HashMap<>(Map.of("user.a", value));
        Xattrs xattrs = Xattrs.of(map);
        value[0] = 2;
        map.clear();
        xattrs.value("user.a")[0] = 3;
        assertThat(xattrs.value("user.a")).containsExactly(1);
        assertThatThrownBy(() -> xattrs.names().remove("user.a")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void xattrsAreKnownByNameInOrder() {
        Xattrs xattrs = Xattrs.of(Map.of("user.b", new byte[0], "trusted.a", new byte[0], "user.\u00ff", new byte[0]));
        assertThat(xattrs.names()).containsExactly("trusted.a", "user.b", "user.\u00ff");
        assertThat(xattrs.has("user.b")).isTrue();
        assertThat(xattrs.has("user.c")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> xattrs.value("user.c"));
        assertThat(xattrs.only(n -> n.startsWith("trusted.")).names()).containsExactly("trusted.a");
        assertThat(xattrs.only(n -> true)).isEqualTo(xattrs);
        assertThat(xattrs.only(n -> false)).isEqualTo(Xattrs.NONE);
        assertThat(xattrs.names()).as("a filter leaves the original alone").hasSize(3);
        assertThat(Xattrs.of(Map.of()).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void typeIsFoundFromItsBitsWhateverThePermissions(FileType type) {
        assertThat(FileType.ofMode(type.formatBits())).isEqualTo(type);
        assertThat(FileType.ofMode(type.formatBits() | 07777)).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0644, 0170000, 0030000})
    void modeWithoutATypeIsRefused(int mode) {
        assertThatIllegalArgumentException().isThrownBy(() -> FileType.ofMode(mode));
    }

    @ParameterizedTest
    @CsvSource({"CHARACTER_DEVICE,0,0,true", "CHARACTER_DEVICE,0,1,false", "CHARACTER_DEVICE,1,0,false",
        "BLOCK_DEVICE,0,0,false", "REGULAR,0,0,false"})
    void onlyCharacterDeviceZeroZeroIsAWhiteout(FileType type, int major, int minor, boolean whiteout) {
        FileStat stat = new FileStat(type, 0, 0, 0, 0, 0, Instant.EPOCH, 1, 1, 1, major, minor, 1);
        assertThat(stat.isZeroDevice()).isEqualTo(whiteout);
    }

    @Test
    void inodeIsTheSameOnlyOnTheSameDevice() {
        FileStat stat = new FileStat(FileType.REGULAR, 0, 0, 0, 0, 0, Instant.EPOCH, 1, 1, 1, 0, 0, 1);
        assertThat(stat.sameInode(new FileStat(FileType.REGULAR, 1, 2, 3, 4, 5, Instant.MAX, 1, 1, 2, 0, 0, 2)))
                .isTrue();
        assertThat(stat.sameInode(new FileStat(FileType.REGULAR, 0, 0, 0, 0, 0, Instant.EPOCH, 1, 2, 1, 0, 0, 1)))
                .isFalse();
    }

    @Test
    void nodesRefuseWhatNoFileIs() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Node.RegularFile(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Node.Device(FileType.FIFO, 0, 0));
        byte[] target = {'a', 27};
        Node.Symlink link = new Node.Symlink(target);
        target[0] = 'b';
        link.target()[0] = 'c';
        assertThat(link).isEqualTo(new Node.Symlink(new byte[]{'a', 27})).hasToString("Symlink[a\\x1b]");
    }
}
