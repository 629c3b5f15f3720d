package dev.varve.adapter.syscall.ffm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountStep;
import dev.varve.ports.syscall.Mounts;

/** Mounting by fsopen(2) and its kin, and by mount(2) where a plan says so. */
final class FfmMounts implements Mounts {
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
    private static final int MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private static final int FSCONFIG_SET_FLAG = 0;
    private static final int FSCONFIG_SET_STRING = 1;
    private static final int FSCONFIG_SET_FD = 5;
    private static final int FSCONFIG_CMD_CREATE = 6;
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int MNT_DETACH = 2;
    private static final int CLONE_FS = 0x200;
    private static final long MOUNT_ATTR_NOATIME = 0x10;
    private static final long MOUNT_ATTR_ATIME = 0x70;
    private static final long MS_NOATIME = 1024;
    private static final int ATTR_PROPAGATION = 16;
    private static final long MS_PRIVATE = 1 << 18;
    private final int pageSize;

    FfmMounts(int pageSize) {
        this.pageSize = pageSize;
    }

    @Override
    public void mount(MountPlan plan) throws VarveException {
        boolean mounted = false;
        try {
            for (MountStep step : plan.steps()) {
                switch (step) {
                    case MountStep.ContextMount context -> contextMount(context, plan.target());
                    case MountStep.LegacyMount legacy -> legacyMount(legacy, plan.target());
                    case MountStep.Bind bind -> bind(bind, plan.target());
                    case MountStep.MakePrivate _ -> makePrivate(plan.target());
                }
                mounted = true;
            }
            Optional<String> wrong = find(plan.target()).map(plan.proof()::contradiction)
                    .orElse(Optional.of("nothing is mounted there"));
            if (wrong.isPresent()) {
                throw new WrongStateException("mounting " + plan.target() + ": " + wrong.get(),
                        "this kernel did not do what it was asked; the mount was undone, nothing was changed");
            }
        } catch (VarveException e) {
            if (mounted) {
                undo(plan.target(), e);
            }
            throw e;
        }
    }

    private void undo(Path target, VarveException cause) {
        try {
            unmount(target, UnmountMode.LAZY);
        } catch (VarveException e) {
            cause.addSuppressed(e);
        }
    }

    private static void contextMount(MountStep.ContextMount step, Path target) throws VarveException {
        if (step.mapped().isEmpty()) {
            contextMount(step, target, FfmMounts::pathHandle, () -> {});
            return;
        }
        MountStep.Mapped mapped = step.mapped().get();
        try (FdInode base = pathHandle(mapped.base());
                FdInode tree = new FdInode(DetachedTree.mapped(base, mapped.base(), 0, 0, mapped.ids()), true,
                        Where.of(mapped.base().toString()))) {
            OwnThread.run(() -> contextMount(step, target,
                    path -> DetachedTree.beneath(tree, mapped.base().relativize(path), path),
                    () -> OwnThread.actAs(mapped.ids())));
        }
    }

    /** How a directory among the parameters is opened. */
    private interface Opening {
        FdInode open(Path path) throws VarveException;
    }

    /** @param beforeCreation done when all is set, before the file system begins */
    private static void contextMount(MountStep.ContextMount step, Path target, Opening opening,
            OwnThread.Work beforeCreation) throws VarveException {
        try (Frame f = new Frame()) {
            long fs = f.call(Sysno.FSOPEN, f.text(step.type()), 1);
            if (Frame.is(fs, Errno.ENODEV)) {
                throw new UnsupportedException("this kernel has no file system " + step.type(),
                        "load its module (modprobe " + step.type() + ") or choose another driver");
            }
            checked(Sysno.FSOPEN, "\"" + step.type() + "\"", fs);
            try {
                configure(f, (int) fs, step, opening);
                beforeCreation.run();
                set(f, (int) fs, FSCONFIG_CMD_CREATE, null, 0, 0, step.type());
                long mount = f.call(Sysno.FSMOUNT, fs, 1, attributes(step.flags()));
                checked(Sysno.FSMOUNT, "\"" + step.type() + "\"", mount);
                attach(f, (int) mount, target);
            } finally {
                FdInode.closeFd((int) fs);
            }
        }
    }

    private static void configure(Frame f, int fs, MountStep.ContextMount step, Opening opening) throws VarveException {
        set(f, fs, FSCONFIG_SET_STRING, "source", f.text(step.source()), 0, step.source());
        for (MountStep.Parameter parameter : step.parameters()) {
            switch (parameter) {
                case MountStep.Parameter.Flag flag -> set(f, fs, FSCONFIG_SET_FLAG, flag.key(), 0, 0, "");
                case MountStep.Parameter.Text text -> {
                    byte[] value = text.value().getBytes(ProcFiles.HOST);
                    set(f, fs, FSCONFIG_SET_STRING, text.key(), f.text(value), 0, text.value());
                }
                case MountStep.Parameter.Directory directory -> {
                    try (FdInode fd = opening.open(directory.path())) {
                        set(f, fs, FSCONFIG_SET_FD, directory.key(), 0, fd.fd(), directory.path().toString());
                    }
                }
            }
        }
    }

    private static void set(Frame f, int fs, int command, @Nullable String key, long value, int aux, String shown)
            throws VarveException {
        long r = f.call(Sysno.FSCONFIG, fs, command, key == null ? 0 : f.text(key), value, aux, 0);
        if (r < 0) {
            String arguments = (key == null ? "create" : "\"" + key + "\"") + ", \"" + shown + "\"";
            throw new SyscallFailedException("fsconfig(" + arguments + ")", new Errno((int) -r), kernelSays(f, fs));
        }
    }

    /** What the kernel wrote about the failure, each line with a letter for its kind in front (fsconfig's log). */
    private static String kernelSays(Frame f, int fs) {
        Memory s = f.memory(1024);
        StringBuilder said = new StringBuilder();
        long n;
        while ((n = f.call(Sysno.READ, fs, s.address(), 1024)) > 0) {
            String line = new String(s.toArray((int) n), StandardCharsets.ISO_8859_1).trim();
            said.append(said.isEmpty() ? "" : "; ").append(line.startsWith("e ") ? line.substring(2) : line);
        }
        return said.toString();
    }

    private static long attributes(Set<MountFlag> flags) {
        long bits = 0;
        for (MountFlag flag : flags) {
            bits |= switch (flag) {
                case READ_ONLY -> 1;
                case NO_SETUID -> 2;
                case NO_DEVICES -> 4;
                case NO_EXEC -> 8;
                case NO_ACCESS_TIME -> MOUNT_ATTR_NOATIME;
            };
        }
        return bits;
    }

    /** mount(2) has the values of mount_setattr(2) but for the one. */
    private static long legacyFlags(Set<MountFlag> flags) {
        long bits = attributes(flags);
        return (bits & MOUNT_ATTR_NOATIME) == 0 ? bits : bits & ~MOUNT_ATTR_NOATIME | MS_NOATIME;
    }

    /** Attaches a detached mount, and gives its descriptor back. The target is opened first and never followed. */
    private static void attach(Frame f, int mount, Path target) throws VarveException {
        try (FdInode point = pathHandle(target)) {
            long r = f.call(Sysno.MOVE_MOUNT, mount, f.text(""), point.fd(), f.text(""),
                    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH, 0);
            checked(Sysno.MOVE_MOUNT, "\"" + target + "\"", r);
        } finally {
            FdInode.closeFd(mount);
        }
    }

    private static void bind(MountStep.Bind step, Path target) throws VarveException {
        long set = attributes(step.flags());
        // one of its values is set, so all are cleared first
        long clear = (set & MOUNT_ATTR_NOATIME) != 0 ? MOUNT_ATTR_ATIME : 0;
        try (Frame f = new Frame(); FdInode source = pathHandle(step.source())) {
            int mount = step.ids().isPresent()
                    ? DetachedTree.mapped(source, step.source(), set, clear, step.ids().get())
                    : DetachedTree.of(source, step.source(), set, clear);
            attach(f, mount, target);
        }
    }

    /** After it was attached: what is attached beneath a shared mount becomes a shared one. */
    private static void makePrivate(Path target) throws VarveException {
        try (Frame f = new Frame(); FdInode mount = pathHandle(target)) {
            Memory attr = f.memory(DetachedTree.ATTR_SIZE);
            attr.putLong(ATTR_PROPAGATION, MS_PRIVATE);
            long r = f.call(Sysno.MOUNT_SETATTR, mount.fd(), f.text(""), Statx.AT_EMPTY_PATH, attr.address(),
                    DetachedTree.ATTR_SIZE, 0);
            checked(Sysno.MOUNT_SETATTR, "\"" + target + "\", MS_PRIVATE", r);
        }
    }

    /**
     * mount(2) with paths relative to a directory. The working directory belongs to the whole process, so a thread of
     * its own parts with it first (unshare(2) CLONE_FS) and ends afterwards.
     */
    private void legacyMount(MountStep.LegacyMount step, Path target) throws VarveException {
        byte[] data = step.data().getBytes(ProcFiles.HOST);
        if (data.length >= pageSize) {
            throw new UnsupportedException("mount options of " + data.length + " bytes do not fit the " + (pageSize - 1)
                    + " that mount(2) takes", "use fewer layers, or a kernel with lowerdir+ (6.7 or later)");
        }
        OwnThread.run(() -> {
            try (Frame f = new Frame()) {
                checked(Sysno.UNSHARE, "CLONE_FS", f.call(Sysno.UNSHARE, CLONE_FS));
                checked(Sysno.CHDIR, "\"" + step.base() + "\"",
                        f.call(Sysno.CHDIR, f.text(FdDirectory.hostBytes(step.base()))));
                long r = f.call(Sysno.MOUNT, f.text(step.source()), f.text(FdDirectory.hostBytes(target)),
                        f.text(step.type()), legacyFlags(step.flags()), f.text(data), 0);
                checked(Sysno.MOUNT, "\"" + step.type() + "\", \"" + target + "\", \"" + step.data() + "\"", r);
            }
        });
    }

    @Override
    public boolean unmount(Path target, UnmountMode mode) throws VarveException {
        try (Frame f = new Frame()) {
            int flags = UMOUNT_NOFOLLOW | (mode == UnmountMode.LAZY ? MNT_DETACH : 0);
            long r = f.call(Sysno.UMOUNT2, f.text(FdDirectory.hostBytes(target)), flags);
            if (Frame.is(r, Errno.EINVAL) || Frame.is(r, Errno.ENOENT)) {
                return false;
            }
            checked(Sysno.UMOUNT2, "\"" + target + "\"", r);
            return true;
        }
    }

    @Override
    public Optional<MountInfo> find(Path target) throws VarveException {
        try (Frame f = new Frame()) {
            long fd = openPath(f, target);
            if (Frame.is(fd, Errno.ENOENT)) {
                return Optional.empty();
            }
            checked(Sysno.OPENAT, "\"" + target + "\"", fd);
            return find(f, new FdInode((int) fd, true, Where.of(target.toString())), target);
        }
    }

    private static Optional<MountInfo> find(Frame f, FdInode opened, Path target) throws VarveException {
        try (FdInode point = opened) {
            Memory s = f.buffer(Statx.SIZE);
            stat(f, point, Statx.MASK | Statx.UNIQUE_MOUNT, s, target);
            if (!Statx.isMountRoot(s)) {
                return Optional.empty();
            }
            if (Statx.hasUniqueMount(s)) {
                Optional<MountInfo> told = Statmount.find(Statx.read(s).mountId());
                if (told.isPresent()) {
                    return told;
                }
                stat(f, point, Statx.MASK, s, target);
            }
            return ProcFiles.mount(Statx.read(s).mountId());
        } catch (IOException e) {
            throw unreadableTable(e);
        }
    }

    private static void stat(Frame f, FdInode point, int mask, Memory into, Path target) throws SyscallFailedException {
        long r = f.call(Sysno.STATX, point.fd(), f.text(""), Statx.AT_EMPTY_PATH, mask, into.address(), 0);
        checked(Sysno.STATX, "\"" + target + "\"", r);
    }

    private static UnsupportedException unreadableTable(IOException e) {
        return new UnsupportedException("cannot read the mount table: " + e.getMessage(), "mount proc on /proc", e);
    }

    @Override
    public List<MountInfo> table() throws VarveException {
        try {
            return ProcFiles.mounts();
        } catch (IOException e) {
            throw unreadableTable(e);
        }
    }

    private static FdInode pathHandle(Path path) throws VarveException {
        try (Frame f = new Frame()) {
            long r = openPath(f, path);
            checked(Sysno.OPENAT, "\"" + path + "\"", r);
            return new FdInode((int) r, true, Where.of(path.toString()));
        }
    }

    private static long openPath(Frame f, Path path) {
        return f.call(Sysno.OPENAT, FdDirectory.AT_FDCWD, f.text(FdDirectory.hostBytes(path)),
                FdDirectory.O_PATH | FdDirectory.O_NOFOLLOW | FdDirectory.O_CLOEXEC, 0);
    }

    private static void checked(Sysno call, String arguments, long result) throws SyscallFailedException {
        if (result < 0) {
            throw Frame.failure(call, arguments, result);
        }
    }
}
