package dev.varve.domain.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountInfoTest {
    private static final String ROOT = "28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro";
    /** Repeat a failure with {@code -Dvarve.seed=N}, N from its message. */
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    @ParameterizedTest
    @CsvSource({"shared:1,true", "shared:1 master:2,true", "master:2,false", "unbindable,false"})
    void sharedMountsAreToldFromOthers(String fields, boolean shared) {
        assertThat(MountInfo.parse("1 0 8:1 / / rw " + fields + " - ext4 /dev/sda1 rw").shared()).isEqualTo(shared);
        assertThat(MountInfo.parse("1 0 8:1 / / rw - ext4 /dev/sda1 rw,shared:1").shared()).isFalse();
    }

    @Test
    void readsEveryField() {
        MountInfo root = MountInfo.parse(ROOT);
        assertThat(root.id()).isEqualTo(28);
        assertThat(root.parentId()).isEqualTo(1);
        assertThat(root.root()).isEqualTo("/");
        assertThat(root.mountPoint()).isEqualTo("/");
        assertThat(root.mountOptions()).containsExactly("rw", "relatime");
        assertThat(root.type()).isEqualTo("ext4");
        assertThat(root.source()).isEqualTo("/dev/vda");
        assertThat(root.superOptions()).containsExactly("rw", "errors=remount-ro");
        assertThat(root.readOnly()).isFalse();
    }

    @Test
    void takesAnyNumberOfOptionalFields() {
        MountInfo none = MountInfo.parse("21 28 0:20 / /proc rw,nosuid - proc proc rw");
        assertThat(none.type()).isEqualTo("proc");
        MountInfo many = MountInfo
                .parse("21 28 0:20 / /p ro shared:7 master:2 propagate_from:3 unbindable - tmpfs t rw");
        assertThat(many.type()).isEqualTo("tmpfs");
        assertThat(many.readOnly()).as("the mount, not the file system").isTrue();
    }

    @Test
    void undoesOctalEscapes() {
        MountInfo info = MountInfo.parse("40 28 0:3 /a\\040b /mnt/x\\011y\\012z\\134w rw - tmpfs a\\040source rw");
        assertThat(info.root()).isEqualTo("/a b");
        assertThat(info.mountPoint()).isEqualTo("/mnt/x\ty\nz\\w");
        assertThat(info.source()).isEqualTo("a source");
    }

    @Test
    void backslashWithoutThreeOctalDigitsStays() {
        assertThat(MountInfo.parse("4 2 0:3 / /a\\04 rw - tmpfs t rw").mountPoint()).isEqualTo("/a\\04");
        assertThat(MountInfo.parse("4 2 0:3 / /a\\089 rw - tmpfs t rw").mountPoint()).isEqualTo("/a\\089");
        assertThat(MountInfo.parse("4 2 0:3 / /a\\ rw - tmpfs t rw").mountPoint()).isEqualTo("/a\\");
    }

    @Test
    void sourceMayBeEmptyOrADash() {
        assertThat(MountInfo.parse("4 2 0:3 / /a rw - tmpfs  rw").source()).isEmpty();
        assertThat(MountInfo.parse("4 2 0:3 / /a rw - tmpfs - rw").source()).isEqualTo("-");
    }

    @Test
    void readsLowersThatWereAddedOneByOne() {
        MountInfo info = overlay(
                "lowerdir+=/s/2/fs,lowerdir+=/s/a\\054b:c\\134d/fs,upperdir=/s/3/fs,workdir=/s/3/work");
        assertThat(info.overlayLowers()).as("no colon splits them, no backslash escapes")
                .containsExactly("/s/2/fs", "/s/a,b:c\\d/fs");
        assertThat(info.option("upperdir")).contains("/s/3/fs");
        assertThat(info.option("workdir")).contains("/s/3/work");
        assertThat(info.option("work")).isEmpty();
    }

    @Test
    void readsLowersOfOneLegacyOption() {
        assertThat(overlay("lowerdir=2/fs:1/fs,upperdir=3/fs").overlayLowers()).containsExactly("2/fs", "1/fs");
        assertThat(overlay("lowerdir=a:b\\134:c").overlayLowers()).as("as the kernel prints it")
                .containsExactly("a", "b:c");
        assertThat(overlay("lowerdir=a:b\\:c").overlayLowers()).as("printed without octal escapes")
                .containsExactly("a", "b:c");
        assertThat(overlay("lowerdir=a\\134\\134b:c\\134\\054d").overlayLowers()).containsExactly("a\\b", "c,d");
        assertThat(overlay("lowerdir=a\\,b:c,upperdir=u").overlayLowers()).containsExactly("a,b", "c");
    }

    @Test
    void findsTheFirstOptionOfAKey() {
        MountInfo info = overlay("upperdir=/a\\040b,upperdir=/c,index=off,flag");
        assertThat(info.option("upperdir")).contains("/a b");
        assertThat(info.option("index")).contains("off");
        assertThat(info.option("flag")).as("it has no value").isEmpty();
        assertThat(MountInfo.parse(ROOT).overlayLowers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-", "a", "1 2 0:3 / /a rw", "1 2 0:3 / /a rw -", "1 2 0:3 / /a rw - tmpfs",
        "1 2 0:3 / /a rw - tmpfs t", "1 2 0:3 / /a - tmpfs t rw", "x 2 0:3 / /a rw - tmpfs t rw",
        "1 y 0:3 / /a rw - tmpfs t rw", "99999999999999999999 2 0:3 / /a rw - tmpfs t rw"})
    void malformedLinesAreRefused(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> MountInfo.parse(line));
    }

    @Test
    void damagedLinesGiveNothingButIllegalArgument() {
        Random random = new Random(SEED);
        String line = "40 28 0:3 /a\\040b /m rw,ro shared:1 - overlay varve rw,lowerdir=a:b\\134:c,upperdir=u\\054";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder damaged = new StringBuilder(line);
            for (int n = 1 + random.nextInt(4); n > 0 && damaged.length() > 1; n--) {
                int at = random.nextInt(damaged.length());
                switch (random.nextInt(3)) {
                    case 0 -> damaged.deleteCharAt(at);
                    case 1 -> damaged.insert(at, "\\ ,:-=7".charAt(random.nextInt(7)));
                    default -> damaged.setLength(Math.max(1, at));
                }
            }
            try {
                MountInfo info = MountInfo.parse(damaged.toString());
                info.overlayLowers();
                info.option("upperdir");
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", SEED).hasMessageNotContaining("Index");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ": " + damaged, e);
            }
        }
    }

    private static MountInfo overlay(String options) {
        return MountInfo.parse("90 28 0:55 / /m rw - overlay varve rw," + options);
    }
}
