package dev.varve.testkit.fake;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.ports.syscall.Syscalls;

/**
 * One process on a host whose disk is in memory. Names, links, modes, holes, locks and error numbers are as POSIX and
 * Linux have them; permissions are root's, so that modes are kept but never refuse. Other processes are made by
 * {@link #anotherProcess()}; they share the disk and the mount table. Safe for use by several threads.
 *
 * <p>
 * Calls can be made to fail: each call of a port's method but {@code close} counts as one, and fails before it has had
 * any effect. A loss of power is {@link #afterPowerLoss()}: file contents are then as of the file's last {@code sync},
 * entries as of the directory's, and {@code syncFileSystem} makes all of both last. Attributes are always kept.
 */
public final class MemorySyscalls implements Syscalls {
    private static final int UMASK = 022;
    private static final int PAGE = 4096;
    private final MemoryDisk disk;
    private final MemoryMounts mounts;
    private final HostFacts host;
    private final Faults faults = new Faults();
    private final Set<MemoryInode> handles = new HashSet<>();

    private MemorySyscalls(MemoryDisk disk, MemoryMounts.Table table, String bootId, long uid, long gid) {
        this.disk = disk;
        this.mounts = new MemoryMounts(disk, faults, table);
        synchronized (disk) {
            this.host = new HostFacts(uid, gid, MountRight.GRANTED, true, true, true, 6, 13, "6.13.0-memory", bootId,
                    disk.newPid(), PAGE, UMASK);
        }
    }

    /** The first process on a host with an empty disk. */
    public static MemorySyscalls create() {
        return create(0, 0);
    }

    /** The same, but new files belong to this user; what he may do is what root may. */
    public static MemorySyscalls create(long uid, long gid) {
        MemoryDisk disk = new MemoryDisk();
        disk.root.uid = uid;
        disk.root.gid = gid;
        return new MemorySyscalls(disk, new MemoryMounts.Table(), bootId(1), uid, gid);
    }

    private static String bootId(int boot) {
        return String.format("00000000-0000-4000-8000-%012d", boot);
    }

    /** One more process on the same host, with faults of its own. */
    public MemorySyscalls anotherProcess() {
        return new MemorySyscalls(disk, mounts.shared(), host.bootId(), host.uid(), host.gid());
    }

    /** Ends this process, as SIGKILL does: its locks and handles are gone. @return a new process on the same host */
    public MemorySyscalls afterKill() {
        synchronized (disk) {
            faults.die();
            for (MemoryInode handle : Set.copyOf(handles)) {
                handle.close();
            }
        }
        return anotherProcess();
    }

    /** A process on the host as it comes up when the power fails now and nothing that was not synced was kept. */
    public MemorySyscalls afterPowerLoss() {
        synchronized (disk) {
            return rebooted(disk.afterPowerLoss());
        }
    }

    /**
     * As {@link #afterPowerLoss()}, but some of what was not synced was kept: the first few changes of names, and the
     * contents of some files, as the seed decides.
     */
    public MemorySyscalls afterPowerLoss(long seed) {
        synchronized (disk) {
            return rebooted(disk.afterPowerLoss(seed));
        }
    }

    private MemorySyscalls rebooted(MemoryDisk found) {
        return new MemorySyscalls(found, new MemoryMounts.Table(),
                bootId(1 + Integer.parseInt(host.bootId().substring(24))), host.uid(), host.gid());
    }

    /** From now on the k-th call (from 1) fails with this number, once. */
    public void failAt(long k, Errno errno) {
        synchronized (disk) {
            faults.failAt(k, errno);
        }
    }

    /** From now on the process dies at the k-th call: that one and every later one throws {@link ProcessDeath}. */
    public void crashAt(long k) {
        synchronized (disk) {
            faults.crashAt(k);
        }
    }

    /** From now on the disk is full from the k-th call on, as by {@link #setFull}. */
    public void fillAt(long k) {
        synchronized (disk) {
            faults.beforeCall(k, () -> disk.full = true);
        }
    }

    /** From now on every call whose name the filter takes, for instance {@code writeAt}, fails with this number. */
    public void refuse(Predicate<String> callNames, Errno errno) {
        synchronized (disk) {
            faults.refuse(callNames, errno);
        }
    }

    /** Ends all that was asked for by the other methods, and begins to count anew. */
    public void clearFaults() {
        synchronized (disk) {
            faults.reset();
        }
    }

    /** How many calls there were since faults were last set or cleared. */
    public long calls() {
        synchronized (disk) {
            return faults.calls();
        }
    }

    /** Those calls, in order, as they are printed in messages. */
    public List<String> log() {
        synchronized (disk) {
            return faults.log();
        }
    }

    /** Whether the process died at a call. */
    public boolean isDead() {
        synchronized (disk) {
            return faults.isDead();
        }
    }

    /** How many handles this process has open. */
    public int openHandles() {
        synchronized (disk) {
            return handles.size();
        }
    }

    /** Mounts the disk read-only for all processes, or writable again: changes fail with EROFS meanwhile. */
    public void setReadOnly(boolean readOnly) {
        synchronized (disk) {
            disk.readOnly = readOnly;
        }
    }

    /** Fills the disk, or frees it: whatever takes space fails with ENOSPC, even writing in place, but no rename. */
    public void setFull(boolean full) {
        synchronized (disk) {
            disk.full = full;
        }
    }

    /** Whether {@link OpenFile#cloneFrom} can. It can at first. */
    public void setCloning(boolean cloning) {
        synchronized (disk) {
            disk.cloning = cloning;
        }
    }

    @Override
    public Directory directory(Path path) throws SyscallFailedException {
        synchronized (disk) {
            faults.enter("directory", path.toString());
            MemoryMounts.Seen found = MemoryPaths
                    .resolve(mounts.shared(), MemoryMounts.Seen.root(disk),
                            path.toString().getBytes(StandardCharsets.UTF_8))
                    .orElseThrow(errno -> new SyscallFailedException("directory(" + path + ")", errno));
            return new MemoryDirectory(this, found, path.toString());
        }
    }

    @Override
    public MemoryMounts mounts() {
        return mounts;
    }

    @Override
    public HostFacts host() {
        return host;
    }

    /** Makes the directory and those above it that are missing, for a test to begin with. */
    public void makeDirectories(Path path) throws VarveException {
        Path at = Path.of("/");
        for (Path name : path) {
            try (Directory directory = directory(at)) {
                EntryName entry = EntryName.of(name.toString());
                if (directory.find(entry).isEmpty()) {
                    directory.makeDirectory(entry, 0755);
                    directory.sync();
                }
            }
            at = at.resolve(name);
        }
    }

    /** Makes or replaces the file, for a test to begin with; it is not synced. */
    public void writeFile(Path path, byte[] content) throws VarveException {
        EntryName name = EntryName.of(String.valueOf(path.getFileName()));
        try (Directory directory = directory(parent(path))) {
            try (OpenFile file = directory.find(name).isPresent() ? directory.write(name)
                    : directory.create(name, 0644)) {
                file.setSize(0);
                file.write(0, content, 0, content.length);
            }
        }
    }

    /** The content of the file. */
    public byte[] readFile(Path path) throws VarveException {
        try (Directory directory = directory(parent(path));
                OpenFile file = directory.read(EntryName.of(String.valueOf(path.getFileName())))) {
            byte[] content = new byte[Math.toIntExact(file.stat().size())];
            file.read(0, content, 0, content.length);
            return content;
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("/") : parent;
    }

    MemoryDisk disk() {
        return disk;
    }

    Faults faults() {
        return faults;
    }

    void opened(MemoryInode handle) {
        handles.add(handle);
    }

    void closed(MemoryInode handle) {
        handles.remove(handle);
    }
}
