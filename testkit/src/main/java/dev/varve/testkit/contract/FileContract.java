package dev.varve.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/** What every {@link OpenFile} and every {@link Inode} does: content, holes, copies, times, owners, modes, attributes. */
public abstract class FileContract extends SyscallsContract {
    private static final int MEGABYTE = 1 << 20;

    /** For the subclasses, one an implementation. */
    protected FileContract() {}

    @Test
    void longWritesAreWholeAndReadsTellTheirLength() throws VarveException {
        byte[] content = new byte[3 * MEGABYTE + 17];
        new Random(7).nextBytes(content);
        try (OpenFile file = home.create(A, 0600)) {
            file.write(5, content, 3, content.length - 3);
            assertThat(file.stat().size()).isEqualTo(content.length + 2);
            byte[] found = new byte[content.length];
            int done = 3;
            int n;
            while ((n = file.read(done + 2, found, done, found.length - done)) > 0) {
                done += n;
            }
            assertThat(done).isEqualTo(content.length);
            assertThat(Arrays.mismatch(content, 3, done, found, 3, done)).isEqualTo(-1);
            assertThat(file.read(content.length + 2, found, 0, 1)).as("at the end").isZero();
            assertThat(file.read(0, found, 0, 0)).isZero();
            file.write(0, content, 0, 0);
            assertThatThrownBy(() -> file.read(0, new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.write(0, new byte[4], -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void sizeIsCutAndGrows() throws VarveException {
        try (OpenFile file = home.create(A, 0600)) {
            file.write(0, bytes("abc"), 0, 3);
            file.setSize(1);
            file.setSize(3);
            byte[] found = new byte[4];
            assertThat(file.read(0, found, 0, 4)).isEqualTo(3);
            assertThat(found).containsExactly('a', 0, 0, 0);
            file.sync();
        }
    }

    @Test
    void holesAreFound() throws VarveException {
        try (OpenFile file = home.create(A, 0600)) {
            file.write(MEGABYTE, new byte[]{1}, 0, 1);
            file.setSize(3 * MEGABYTE);
            file.sync();
            assumeTrue(file.nextData(0) > 0, "the file system keeps no holes");
            long data = file.nextData(0);
            assertThat(data).isBetween(1L, (long) MEGABYTE);
            assertThat(file.nextHole(0)).isZero();
            assertThat(file.nextHole(data)).isBetween((long) MEGABYTE + 1, 2L * MEGABYTE);
            assertThat(file.nextData(2 * MEGABYTE)).as("no data behind it").isEqualTo(3 * MEGABYTE);
            assertThat(file.nextData(4 * MEGABYTE)).as("beyond the end").isEqualTo(3 * MEGABYTE);
            assertThat(file.nextHole(3 * MEGABYTE)).as("at the end").isEqualTo(3 * MEGABYTE);
            assertThat(file.stat().blocks() * 512).isLessThan(MEGABYTE);
        }
    }

    @Test
    void emptyFileHasNoDataAndFullOneNoHole() throws VarveException {
        try (OpenFile file = home.create(A, 0600)) {
            assertThat(file.nextData(0)).isZero();
            assertThat(file.nextHole(0)).isZero();
            file.write(0, new byte[100], 0, 100);
            assertThat(file.nextData(0)).isZero();
            assertThat(file.nextHole(0)).isEqualTo(100);
        }
    }

    @Test
    void cloneIsWholeOrLeavesTheFileAlone() throws VarveException {
        try (OpenFile source = home.create(A, 0600); OpenFile target = home.create(B, 0600)) {
            source.write(0, new byte[8192], 0, 8192);
            FileStat before = target.stat();
            if (target.cloneFrom(source)) {
                assertThat(target.stat().size()).isEqualTo(8192);
                target.write(0, bytes("q"), 0, 1);
                byte[] first = new byte[1];
                source.read(0, first, 0, 1);
                assertThat(first).as("a clone is a copy").containsExactly(0);
            } else {
                assertThat(target.stat()).isEqualTo(before);
            }
        }
    }

    @Test
    void cloneSharesItsBlocksUntilOneOfThemIsWritten() throws VarveException {
        try (OpenFile source = home.create(A, 0600); OpenFile target = home.create(B, 0600)) {
            for (int i = 0; i < 300; i++) { // with holes in between: more extents than are asked for at once
                source.write(i * 16_384L, new byte[]{1}, 0, 1);
            }
            boolean cloned = target.cloneFrom(source);
            assertThat(target.sharesBlocksWith(source)).isEqualTo(cloned);
            target.write(299 * 16_384L, new byte[]{2}, 0, 1);
            assertThat(target.sharesBlocksWith(source)).isFalse();
            assertThat(source.sharesBlocksWith(source)).isTrue();
        }
    }

    @Test
    void copiesAndEmptyFilesShareNothing() throws VarveException {
        try (OpenFile source = home.create(A, 0600); OpenFile target = home.create(B, 0600)) {
            assertThat(target.sharesBlocksWith(source)).isFalse();
            byte[] content = new byte[100_000];
            source.write(0, content, 0, content.length);
            target.write(0, content, 0, content.length);
            assertThat(target.sharesBlocksWith(source)).isFalse();
        }
    }

    @Test
    void rangeIsCopiedToTheSameOffset() throws VarveException {
        try (OpenFile source = home.create(A, 0600); OpenFile target = home.create(B, 0600)) {
            byte[] content = new byte[2 * MEGABYTE];
            new Random(8).nextBytes(content);
            source.write(0, content, 0, content.length);
            target.copyRange(source, 4096, MEGABYTE + 5);
            assertThat(target.stat().size()).isEqualTo(4096 + MEGABYTE + 5);
            byte[] found = new byte[4096 + MEGABYTE + 5];
            for (int done = 0; done < found.length;) {
                done += target.read(done, found, done, found.length - done);
            }
            assertThat(Arrays.mismatch(found, 4096, found.length, content, 4096, found.length)).isEqualTo(-1);
            assertThat(Arrays.mismatch(found, 0, 4096, new byte[4096], 0, 4096)).isEqualTo(-1);
            target.copyRange(source, content.length, 10);
            assertThat(target.stat().size()).as("nothing lies there").isEqualTo(found.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1970-01-01T00:00:00Z", "2026-01-02T03:04:05.123456789Z", "1969-12-31T23:59:59.000000001Z",
        "1930-05-06T07:08:09.999999999Z", "2100-01-01T00:00:00.5Z"})
    void modificationTimeIsKeptToTheNanosecond(String text) throws VarveException {
        Instant time = Instant.parse(text);
        write(home, A, "a");
        home.makeSymlink(B, bytes("a"));
        try (OpenFile file = home.write(A); Inode link = home.inode(B)) {
            file.setModified(time);
            assertThat(file.stat().modified()).isEqualTo(time);
            link.setModified(time.plusNanos(7));
            assertThat(link.stat().modified()).isEqualTo(time.plusNanos(7));
            assertThat(file.stat().modified()).as("the target of the link").isEqualTo(time);
        }
        home.setModified(time);
        assertThat(home.stat().modified()).isEqualTo(time);
    }

    @Test
    void modeIsSetWholeWhateverTheUmask() throws VarveException {
        home.makeSymlink(B, bytes("a"));
        try (OpenFile file = home.create(A, 0600); Inode same = home.inode(A); Inode link = home.inode(B)) {
            file.setMode(06777);
            assertThat(same.stat().mode()).isEqualTo(06777);
            same.setMode(01000);
            assertThat(file.stat().mode()).isEqualTo(01000);
            requireErrno(Errno.EOPNOTSUPP, () -> link.setMode(0644));
        }
    }

    @Test
    void handleStaysOnItsFileWhateverHappensToTheName() throws VarveException {
        write(home, A, "old");
        try (Inode inode = home.inode(A)) {
            home.remove(A);
            home.makeSymlink(A, bytes("gone"));
            inode.setMode(0604);
            assertThat(inode.stat().mode()).isEqualTo(0604);
            assertThat(inode.stat().links()).isZero();
        }
    }

    @Test
    void ownerIsSetOrRefused() throws VarveException {
        write(home, A, "a");
        home.makeSymlink(B, bytes("a"));
        try (Inode link = home.inode(B); Inode file = home.inode(A)) {
            long uid = host().host().uid();
            if (host().host().mayChown() && host().host().initialUserNamespace()) {
                link.setOwner(0xffff_fffeL, 4_000_000_000L);
                assertThat(link.stat().uid()).isEqualTo(0xffff_fffeL);
                assertThat(link.stat().gid()).isEqualTo(4_000_000_000L);
                assertThat(file.stat().uid()).as("the target of the link").isEqualTo(uid);
                file.setMode(06755);
                file.setOwner(7, 8);
                assertThat(file.stat().mode()).as("a new owner gets no set-id bits").isEqualTo(0755);
            } else {
                requireErrno(Errno.EPERM, () -> file.setOwner(0, 0));
            }
        }
    }

    @Test
    void xattrsRoundTripByEitherKindOfHandle() throws VarveException {
        byte[] large = new byte[2000];
        new Random(9).nextBytes(large);
        Map<String, byte[]> given = Map.of("user.binary", new byte[]{0, 1, (byte) 0xff, 0}, "user.empty", new byte[0],
                "user.large", large);
        write(home, A, "a");
        requireUserXattrs();
        try (OpenFile file = home.write(A); Inode inode = home.inode(A)) {
            for (Map.Entry<String, byte[]> each : given.entrySet()) {
                (each.getKey().equals("user.empty") ? inode : file).setXattr(each.getKey(), each.getValue());
            }
            Xattrs expected = Xattrs.of(given);
            assertThat(userXattrs(file.xattrs())).isEqualTo(expected);
            assertThat(userXattrs(inode.xattrs())).isEqualTo(expected);
            assertThat(userXattrs(home.xattrs(A))).isEqualTo(expected);
            file.setXattr("user.large", new byte[]{1});
            file.removeXattr("user.empty");
            inode.removeXattr("user.binary");
            file.removeXattr("user.none");
            inode.removeXattr("user.none");
            assertThat(userXattrs(file.xattrs())).isEqualTo(Xattrs.of(Map.of("user.large", new byte[]{1})));
        }
    }

    @Test
    void xattrNamesAreBytesAndManyFit() throws VarveException {
        home.makeDirectory(A, 0700);
        requireUserXattrs();
        try (Inode directory = home.inode(A)) {
            for (int i = 0; i < 20; i++) {
                directory.setXattr("user.\u00ff\u0080" + "n".repeat(100) + i, new byte[]{(byte) i});
            }
            Xattrs found = userXattrs(directory.xattrs());
            assertThat(found.names()).as("their names take more than the first try").hasSize(20);
            assertThat(found.value("user.\u00ff\u0080" + "n".repeat(100) + 7)).containsExactly(7);
        }
    }

    @Test
    void linkHasNoXattrsOfItsTarget() throws VarveException {
        write(home, A, "a");
        requireUserXattrs();
        home.makeSymlink(B, bytes("a"));
        try (Inode file = home.inode(A); Inode link = home.inode(B)) {
            file.setXattr("user.a", new byte[]{1});
            assertThat(userXattrs(link.xattrs())).isEqualTo(Xattrs.NONE);
            assertThat(userXattrs(home.xattrs(B))).isEqualTo(Xattrs.NONE);
            requireErrno(Errno.EPERM, () -> link.setXattr("user.a", new byte[0]));
        }
    }

    private void requireUserXattrs() throws VarveException {
        try (Inode inode = home.inode(A)) {
            inode.setXattr("user.probe", new byte[0]);
            inode.removeXattr("user.probe");
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.EOPNOTSUPP)) {
                abort("the file system of the temporary directory has no user.* attributes");
            }
            throw e;
        }
    }

    /** Without the labels that a host may put on every file. */
    private static Xattrs userXattrs(Xattrs all) {
        return all.only(name -> name.startsWith("user."));
    }
}
