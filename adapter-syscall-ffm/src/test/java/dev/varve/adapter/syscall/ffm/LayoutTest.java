package dev.varve.adapter.syscall.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;

/** Compares numbers and layouts with those of the C headers of this host. */
class LayoutTest {
    @TempDir
    Path path;

    @Test
    void callNumbersAreThoseOfThisArchitecture() throws Exception {
        StringBuilder body = new StringBuilder();
        for (Sysno call : Sysno.values()) {
            body.append("\n#ifdef SYS_").append(call.manual()).append('\n');
            body.append(print(call.manual(), "SYS_" + call.manual())).append("\n#endif\n");
        }
        Map<String, Long> numbers = compile("#include <sys/syscall.h>", body.toString());
        assertThat(numbers).hasSizeGreaterThan(30);
        SoftAssertions softly = new SoftAssertions();
        for (Sysno call : Sysno.values()) {
            if (numbers.containsKey(call.manual())) { // old headers do not know the newest calls
                softly.assertThat((long) call.number()).as(call.manual()).isEqualTo(numbers.get(call.manual()));
            }
        }
        softly.assertAll();
    }

    @Test
    void callNumbersOfAarch64AreTheGenericOnes() throws Exception {
        StringBuilder body = new StringBuilder();
        for (Sysno call : Sysno.values()) {
            body.append("\n#ifdef __NR_").append(call.manual()).append('\n');
            body.append(print(call.manual(), "__NR_" + call.manual())).append("\n#endif\n");
        }
        assumeTrue(Files.exists(Path.of("/usr/include/asm-generic/unistd.h")), "no asm-generic/unistd.h here");
        Map<String, Long> numbers = compile("""
                #define __ARCH_WANT_RENAMEAT
                #define __ARCH_WANT_NEW_STAT
                #define __BITS_PER_LONG 64
                #include </usr/include/asm-generic/unistd.h>""", body.toString());
        assertThat(numbers).hasSizeGreaterThan(30);
        Field arm = Sysno.class.getDeclaredField("arm");
        arm.setAccessible(true);
        SoftAssertions softly = new SoftAssertions();
        for (Sysno call : Sysno.values()) {
            if (numbers.containsKey(call.manual())) {
                softly.assertThat((long) arm.getInt(call)).as(call.manual()).isEqualTo(numbers.get(call.manual()));
            }
        }
        softly.assertAll();
    }

    @Test
    void statxIsReadFromItsOffsets() throws Exception {
        StringBuilder body = new StringBuilder(print("size", "sizeof(struct statx)"));
        for (String field : new String[]{"stx_attributes", "stx_nlink", "stx_uid", "stx_gid", "stx_mode", "stx_ino",
            "stx_size", "stx_blocks", "stx_mtime.tv_sec", "stx_mtime.tv_nsec", "stx_rdev_major", "stx_rdev_minor",
            "stx_dev_major", "stx_dev_minor"}) {
            body.append(print(field, "offsetof(struct statx, " + field + ")"));
        }
        body.append("\n#ifdef STATX_MNT_ID\n")
                .append(print("stx_mnt_id", "offsetof(struct statx, stx_mnt_id)"))
                .append(print("mask", "STATX_BASIC_STATS | STATX_MNT_ID"))
                .append("\n#endif\n")
                .append(print("nofollow", "AT_SYMLINK_NOFOLLOW"))
                .append(print("empty", "AT_EMPTY_PATH"));
        Map<String, Long> c = compile("#include <fcntl.h>\n#include <sys/stat.h>", body.toString());
        assumeTrue(c.containsKey("mask"), "these headers are older than STATX_MNT_ID (Linux 5.8)");
        assertThat(c.get("size")).isEqualTo(Statx.SIZE);
        assertThat(c.get("mask")).isEqualTo(Statx.MASK);
        assertThat(c.get("nofollow")).isEqualTo(Statx.AT_SYMLINK_NOFOLLOW);
        assertThat(c.get("empty")).isEqualTo(Statx.AT_EMPTY_PATH);
        Memory s = Memory.allocate(Statx.SIZE);
        s.putInt(at(c, "stx_mode"), 0104755);
        s.putInt(at(c, "stx_uid"), 0xffff_fffe);
        s.putInt(at(c, "stx_gid"), 3);
        s.putInt(at(c, "stx_nlink"), 4);
        s.putLong(at(c, "stx_ino"), 5);
        s.putLong(at(c, "stx_size"), 6);
        s.putLong(at(c, "stx_blocks"), 7);
        s.putLong(at(c, "stx_mtime.tv_sec"), -8);
        s.putInt(at(c, "stx_mtime.tv_nsec"), 9);
        s.putInt(at(c, "stx_rdev_major"), 10);
        s.putInt(at(c, "stx_rdev_minor"), 11);
        s.putInt(at(c, "stx_dev_major"), 12);
        s.putInt(at(c, "stx_dev_minor"), 13);
        s.putLong(at(c, "stx_mnt_id"), 14);
        assertThat(Statx.read(s)).isEqualTo(new FileStat(FileType.REGULAR, 04755, 0xffff_fffeL, 3, 6, 7,
                Instant.ofEpochSecond(-8, 9), 5, 12L << 32 | 13, 4, 10, 11, 14));
        assertThat(Statx.isMountRoot(s)).isFalse();
        s.putLong(at(c, "stx_attributes"), 0x2000);
        assertThat(Statx.isMountRoot(s)).isTrue();
    }

    private static int at(Map<String, Long> offsets, String field) {
        return Math.toIntExact(offsets.get(field));
    }

    @Test
    void otherStructuresAreLaidOutAsTheCodeHasThem() throws Exception {
        StringBuilder body = new StringBuilder();
        Map<String, Long> expected = new HashMap<>();
        expect(body, expected, "offsetof(struct statfs, f_type)", 0);
        expect(body, expected, "offsetof(struct statfs, f_bsize)", 8);
        expect(body, expected, "offsetof(struct statfs, f_blocks)", 16);
        expect(body, expected, "offsetof(struct statfs, f_bavail)", 32);
        expect(body, expected, "offsetof(struct statfs, f_flags)", 80);
        expect(body, expected, "sizeof(struct statfs)", 120);
        expect(body, expected, "offsetof(struct open_how, flags)", 0);
        expect(body, expected, "offsetof(struct open_how, resolve)", 16);
        expect(body, expected, "sizeof(struct open_how)", 24);
        expect(body, expected, "RESOLVE_BENEATH", 0x08);
        expect(body, expected, "RESOLVE_IN_ROOT", 0x10);
        expect(body, expected, "RESOLVE_NO_MAGICLINKS", 0x02);
        expect(body, expected, "offsetof(struct dirent64, d_reclen)", 16);
        expect(body, expected, "offsetof(struct dirent64, d_name)", 19);
        expect(body, expected, "sizeof(struct timespec)", 16);
        expect(body, expected, "UTIME_OMIT", 0x3ffffffe);
        expect(body, expected, "FICLONE", 0x40049409);
        expect(body, expected, "SEEK_DATA", 3);
        expect(body, expected, "SEEK_HOLE", 4);
        expect(body, expected, "O_CREAT", FdDirectory.O_CREAT);
        expect(body, expected, "O_EXCL", FdDirectory.O_EXCL);
        expect(body, expected, "O_DIRECTORY", FdDirectory.O_DIRECTORY);
        expect(body, expected, "O_NOFOLLOW", FdDirectory.O_NOFOLLOW);
        expect(body, expected, "O_CLOEXEC", FdDirectory.O_CLOEXEC);
        expect(body, expected, "O_PATH", FdDirectory.O_PATH);
        expect(body, expected, "AT_FDCWD", FdDirectory.AT_FDCWD);
        expect(body, expected, "AT_REMOVEDIR", 0x200);
        expect(body, expected, "offsetof(struct mount_attr, attr_clr)", 8);
        expect(body, expected, "offsetof(struct mount_attr, propagation)", 16);
        expect(body, expected, "offsetof(struct mount_attr, userns_fd)", 24);
        expect(body, expected, "sizeof(struct mount_attr)", DetachedTree.ATTR_SIZE);
        expect(body, expected, "MOUNT_ATTR_IDMAP", 0x100000);
        expect(body, expected, "CLONE_NEWUSER", 0x10000000);
        expect(body, expected, "CLONE_FILES", 0x400);
        expect(body, expected, "PR_SET_SECUREBITS", 28);
        expect(body, expected, "SECBIT_NO_SETUID_FIXUP", 4);
        Map<String, Long> c = compile("""
                #include <dirent.h>
                #include <fcntl.h>
                #include <linux/fs.h>
                #include <linux/mount.h>
                #include <linux/openat2.h>
                #include <linux/sched.h>
                #include <linux/securebits.h>
                #include <sys/prctl.h>
                #include <sys/stat.h>
                #include <sys/vfs.h>
                #include <time.h>
                #include <unistd.h>""", body.toString());
        assertThat(c).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static void expect(StringBuilder body, Map<String, Long> expected, String expression, long value) {
        body.append(print(expression, expression));
        expected.put(expression, value);
    }

    private static String print(String key, String expression) {
        return "printf(\"%s=%lld\\n\", \"" + key + "\", (long long)(" + expression + "));\n";
    }

    /** What a C program with this body prints, as {@code key=number} lines. */
    private Map<String, Long> compile(String includes, String body) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler here");
        Path source = path.resolve("layout.c");
        Path program = path.resolve("layout");
        Files.writeString(source, "#define _GNU_SOURCE\n#include <stddef.h>\n#include <stdio.h>\n" + includes
                + "\nint main(void) {\n" + body + "return 0;\n}\n");
        Result compiled = run("/usr/bin/cc", "-o", program.toString(), source.toString());
        assumeTrue(compiled.status == 0, "the headers of this host do not suffice: " + compiled.output);
        Map<String, Long> values = new HashMap<>();
        for (String line : run(program.toString()).output.split("\n")) {
            int equals = line.lastIndexOf('=');
            values.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        }
        return values;
    }

    private record Result(int status, String output) {}

    private static Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
