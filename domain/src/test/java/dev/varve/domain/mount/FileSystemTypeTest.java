package dev.varve.domain.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSystemTypeTest {
    private static final Path HEADER = Path.of("/usr/include/linux/magic.h");
    private static final Map<String, FileSystemType> IN_HEADER = Map.ofEntries(
            Map.entry("BTRFS_SUPER_MAGIC", FileSystemType.BTRFS), Map.entry("CEPH_SUPER_MAGIC", FileSystemType.CEPH),
            Map.entry("CIFS_SUPER_MAGIC", FileSystemType.CIFS), Map.entry("CRAMFS_MAGIC", FileSystemType.CRAMFS),
            Map.entry("ECRYPTFS_SUPER_MAGIC", FileSystemType.ECRYPTFS),
            Map.entry("EROFS_SUPER_MAGIC_V1", FileSystemType.EROFS), Map.entry("EXT4_SUPER_MAGIC", FileSystemType.EXT),
            Map.entry("F2FS_SUPER_MAGIC", FileSystemType.F2FS), Map.entry("HOSTFS_SUPER_MAGIC", FileSystemType.HOSTFS),
            Map.entry("FUSE_SUPER_MAGIC", FileSystemType.FUSE), Map.entry("MSDOS_SUPER_MAGIC", FileSystemType.VFAT),
            Map.entry("NFS_SUPER_MAGIC", FileSystemType.NFS), Map.entry("SQUASHFS_MAGIC", FileSystemType.SQUASHFS),
            Map.entry("OVERLAYFS_SUPER_MAGIC", FileSystemType.OVERLAY), Map.entry("RAMFS_MAGIC", FileSystemType.RAMFS),
            Map.entry("SMB2_SUPER_MAGIC", FileSystemType.SMB2), Map.entry("TMPFS_MAGIC", FileSystemType.TMPFS),
            Map.entry("V9FS_MAGIC", FileSystemType.PLAN9), Map.entry("XFS_SUPER_MAGIC", FileSystemType.XFS));

    @ParameterizedTest
    @CsvSource({"0x9123683E,btrfs", "0x61756673,aufs", "0xEF53,extfs", "0x58465342,xfs", "0x794c7630,overlay",
        "0x01021994,tmpfs", "0x2FC12FC1,zfs", "0x65735546,fuse", "0x6969,nfs", "0xf15f,ecryptfs",
        "0xca451a4e,bcachefs"})
    void aMagicNumberHasAName(String magic, String name) {
        assertThat(FileSystemType.name(Long.decode(magic))).isEqualTo(name);
    }

    @Test
    void anUnknownNumberIsShownAsItIs() {
        assertThat(FileSystemType.of(0x12345678L)).isEmpty();
        assertThat(FileSystemType.name(0x12345678L)).isEqualTo("0x12345678");
    }

    @Test
    void aSignThatWasExtendedDoesNotMatter() {
        assertThat(FileSystemType.of((int) 0xFF534D42L)).contains(FileSystemType.CIFS);
        assertThat(FileSystemType.name((int) 0xFFFFFFF0L)).isEqualTo("0xfffffff0");
    }

    @Test
    void noNumberAndNoNameIsThereTwice() {
        assertThat(Arrays.stream(FileSystemType.values()).map(FileSystemType::toString)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(FileSystemType.values()).map(FileSystemType::magic)).doesNotHaveDuplicates()
                .allSatisfy(m -> assertThat(m).isBetween(1L, 0xFFFF_FFFFL));
    }

    @Test
    @EnabledIf(value = "hasHeader", disabledReason = "there is no /usr/include/linux/magic.h to compare with")
    void theNumbersAreTheKernels() throws IOException {
        Matcher define = Pattern.compile("(?m)^#define\\s+(\\w+)\\s+(0x[0-9a-fA-F]+)\\b")
                .matcher(Files.readString(HEADER));
        Map<String, Long> numbers = new TreeMap<>();
        while (define.find()) {
            numbers.put(define.group(1), Long.decode(define.group(2)));
        }
        List<String> missing = new ArrayList<>();
        IN_HEADER.forEach((name, type) -> {
            if (!numbers.containsKey(name)) {
                missing.add(name); // younger than the header
            } else {
                assertThat(type.magic()).as(name).isEqualTo(numbers.get(name));
            }
        });
        assertThat(missing).hasSizeLessThan(IN_HEADER.size() / 2);
    }

    static boolean hasHeader() {
        return Files.isReadable(HEADER);
    }
}
