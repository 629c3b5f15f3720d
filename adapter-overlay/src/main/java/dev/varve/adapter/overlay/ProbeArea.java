package dev.varve.adapter.overlay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.LockMode;
import dev.varve.ports.syscall.Mounts;

/**
 * A directory of the store in which things are tried, locked as long as it is in use. Closing it ends its mounts and
 * removes it.
 */
final class ProbeArea implements AutoCloseable {
    private static final String PREFIX = "probe-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9]+-[0-9a-f]+");
    private static final int TRIES = 10;
    private static final EntryName MERGED = EntryName.of("m");
    private final DriverContext context;
    private final EntryName name;
    private final Directory directory;
    private final List<Rig> rigs = new ArrayList<>();

    private ProbeArea(DriverContext context, EntryName name, Directory directory) {
        this.context = context;
        this.name = name;
        this.directory = directory;
    }

    /**
     * Makes one, and then removes what others left that were killed: only where this process may make something, others of
     * its kind have.
     *
     * @throws SyscallFailedException if nothing can be made in the store; nothing is removed then
     */
    static ProbeArea in(DriverContext context) throws VarveException {
        ProbeArea area = make(context);
        try {
            area.sweep();
            return area;
        } catch (VarveException e) {
            try {
                area.close();
            } catch (VarveException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private static ProbeArea make(DriverContext context) throws VarveException {
        try (Directory home = context.syscalls().directory(context.home())) {
            for (int tries = 1;; tries++) {
                EntryName name = EntryName
                        .of(PREFIX + context.syscalls().host().pid() + "-" + Long.toHexString(System.nanoTime()));
                home.makeDirectory(name, 0700);
                Optional<Directory> locked = home.openLocked(name, LockMode.EXCLUSIVE);
                if (locked.isPresent() && isThere(home, name, locked.get())) {
                    return new ProbeArea(context, name, locked.get());
                }
                if (tries == TRIES) {
                    throw new SyscallFailedException("flock(\"" + context.home().resolve(name.toString()) + "\")",
                            Errno.EAGAIN);
                }
            }
        }
    }

    /** Between making and locking it, another process may have taken it for a leftover. Closes the handle if not. */
    private static boolean isThere(Directory home, EntryName name, Directory locked) throws VarveException {
        boolean there = false;
        try {
            there = home.find(name).isPresent();
            return there;
        } finally {
            if (!there) {
                locked.close();
            }
        }
    }

    private void sweep() throws VarveException {
        try (Directory home = context.syscalls().directory(context.home())) {
            for (EntryName other : home.list()) {
                if (!other.equals(name) && NAME.matcher(other.toString()).matches() && isOwn(home.find(other))) {
                    Optional<Directory> left = home.openLocked(other, LockMode.EXCLUSIVE);
                    if (left.isPresent()) {
                        new ProbeArea(context, other, left.get()).close();
                    }
                }
            }
        }
    }

    private boolean isOwn(Optional<FileStat> found) throws VarveException {
        return found.isPresent() && found.get().isDirectory() && found.get().uid() == context.syscalls().host().uid();
    }

    Directory directory() {
        return directory;
    }

    /** A fresh set of directories. */
    Rig rig() throws VarveException {
        EntryName rig = EntryName.of(Integer.toString(rigs.size()));
        directory.makeDirectory(rig, 0755);
        Path path = context.home().resolve(name.toString()).resolve(rig.toString());
        try (Directory made = directory.open(rig)) {
            for (EntryName part : List.of(EntryName.of("1"), EntryName.of("2"), EntryName.of("u"), EntryName.of("w"),
                    MERGED)) {
                made.makeDirectory(part, 0755);
            }
        }
        Rig done = new Rig(path);
        rigs.add(done);
        return done;
    }

    /** Two lower directories, an upper one and its work, and a mount point. */
    final class Rig {
        private final Path path;

        private Rig(Path path) {
            this.path = path;
        }

        Path base() {
            return path;
        }

        List<Path> lowers() {
            return List.of(path.resolve("1"), path.resolve("2"));
        }

        Optional<OverlayGrammar.Upper> upper() {
            return Optional.of(new OverlayGrammar.Upper(path.resolve("u"), path.resolve("w")));
        }

        Path merged() {
            return path.resolve(MERGED.toString());
        }

        Directory open(String part) throws VarveException {
            return context.syscalls().directory(path.resolve(part));
        }

        /** Mounts, does something, and unmounts. */
        void mounted(MountPlan plan, Step whileMounted) throws VarveException {
            Mounts mounts = context.syscalls().mounts();
            mounts.mount(plan);
            try {
                whileMounted.run();
            } finally {
                mounts.unmount(plan.target(), Mounts.UnmountMode.LAZY);
            }
        }
    }

    /** Something that is tried. */
    interface Step {
        void run() throws VarveException;
    }

    @Override
    public void close() throws VarveException {
        try (directory) {
            clear();
        }
    }

    private void clear() throws VarveException {
        for (EntryName rig : directory.list()) {
            if (directory.find(rig).filter(FileStat::isDirectory).isPresent()) {
                Path path = context.home().resolve(name.toString()).resolve(rig.toString());
                context.syscalls().mounts().unmount(path.resolve(MERGED.toString()), Mounts.UnmountMode.LAZY);
            }
        }
        try (Directory home = context.syscalls().directory(context.home())) {
            remove(home, name);
        }
    }

    /** Removes the entry and all beneath it. */
    static void remove(Directory parent, EntryName name) throws VarveException {
        Optional<FileStat> stat = parent.find(name);
        if (stat.isEmpty()) {
            return;
        }
        if (!stat.get().isDirectory()) {
            parent.remove(name);
            return;
        }
        try (Directory inner = parent.open(name)) {
            for (EntryName entry : inner.list()) {
                remove(inner, entry);
            }
        }
        parent.removeDirectory(name);
    }
}
