package dev.varve.adapter.syscall.ffm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.mount.MountInfo;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;

/** What proc(5) tells. Its files are no part of a store, so they are read by the JDK's own means. */
final class ProcFiles {
    private static final int CAP_CHOWN = 0;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_MKNOD = 27;
    private static final int AT_PAGESZ = 6;
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
    /** How this JVM turns the bytes of paths into text. */
    static final Charset HOST = Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name()));
    private static final long UID = effectiveUid();

    private ProcFiles() {}

    /** The effective user id, which a JVM does not change. */
    static long uid() {
        return UID;
    }

    private static long effectiveUid() {
        try {
            return Long.parseLong(status("Uid").split("\\s+")[1]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read /proc/self/status", e);
        }
    }

    static HostFacts host() throws UnsupportedException {
        try {
            long capabilities = Long.parseUnsignedLong(status("CapEff"), 16);
            boolean initial = text("/proc/self/uid_map").trim().replaceAll("\\s+", " ").equals("0 0 4294967295");
            String release = text("/proc/sys/kernel/osrelease").trim();
            Matcher version = RELEASE.matcher(release);
            if (!version.matches()) {
                throw new IOException("unreadable kernel release " + release);
            }
            return new HostFacts(UID, Long.parseLong(status("Gid").split("\\s+")[1]),
                    has(capabilities, CAP_SYS_ADMIN) ? MountNamespace.right() : MountRight.NO_CAPABILITY,
                    has(capabilities, CAP_CHOWN), has(capabilities, CAP_MKNOD) && initial, initial,
                    Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)), release,
                    text("/proc/sys/kernel/random/boot_id").trim(), ProcessHandle.current().pid(), pageSize(),
                    Integer.parseInt(status("Umask"), 8));
        } catch (IOException e) {
            throw new UnsupportedException("cannot learn about this host from /proc: " + e.getMessage(),
                    "mount proc on /proc", e);
        }
    }

    static List<MountInfo> mounts() throws IOException {
        List<MountInfo> mounts = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(Path.of("/proc/thread-self/mountinfo")), HOST).split("\n")) {
            if (!line.isEmpty()) {
                mounts.add(MountInfo.parse(line));
            }
        }
        return mounts;
    }

    /** The mount of this id; its line alone is taken apart, which matters where there are many long ones. */
    static Optional<MountInfo> mount(long id) throws IOException {
        String table = new String(Files.readAllBytes(Path.of("/proc/thread-self/mountinfo")), HOST);
        String prefix = id + " ";
        int at = 0;
        while (at < table.length()) {
            int end = table.indexOf('\n', at);
            int stop = end < 0 ? table.length() : end;
            if (table.startsWith(prefix, at)) {
                return Optional.of(MountInfo.parse(table.substring(at, stop)));
            }
            at = stop + 1;
        }
        return Optional.empty();
    }

    private static boolean has(long capabilities, int number) {
        return (capabilities >> number & 1) == 1;
    }

    private static String status(String key) throws IOException {
        for (String line : text("/proc/self/status").split("\n")) {
            if (line.startsWith(key + ":")) {
                return line.substring(key.length() + 1).trim();
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }

    private static int pageSize() throws IOException {
        ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                .order(ByteOrder.nativeOrder());
        while (vector.remaining() >= 16) {
            long key = vector.getLong();
            long value = vector.getLong();
            if (key == AT_PAGESZ) {
                return (int) value;
            }
        }
        throw new IOException("/proc/self/auxv has no page size");
    }

    private static String text(String path) throws IOException {
        return Files.readString(Path.of(path), StandardCharsets.ISO_8859_1);
    }
}
