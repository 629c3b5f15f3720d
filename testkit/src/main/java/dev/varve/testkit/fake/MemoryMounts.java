package dev.varve.testkit.fake;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountInfo;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountStep;
import dev.varve.ports.syscall.Mounts;

/**
 * A mount table in memory. A plan is recorded and shows in the table as the kernel would show it. A bind mount is seen at
 * its target, and refuses changes where it is read-only; of other file systems nothing is seen there. A mount is shared
 * unless its plan makes it private. Safe for use by several threads.
 */
public final class MemoryMounts implements Mounts {
    private final MemoryDisk disk;
    private final Faults faults;
    private final Table table;

    MemoryMounts(MemoryDisk disk, Faults faults, Table table) {
        this.disk = disk;
        this.faults = faults;
        this.table = table;
    }

    Table shared() {
        return table;
    }

    /** All plans that were carried out since the host came up, in order, those that were unmounted too. */
    public List<MountPlan> plans() {
        synchronized (disk) {
            return List.copyOf(table.plans);
        }
    }

    /** While a target is busy, it can only be unmounted lazily. */
    public void setBusy(Path target, boolean busy) {
        synchronized (disk) {
            if (busy) {
                table.busy.add(target);
            } else {
                table.busy.remove(target);
            }
        }
    }

    @Override
    public void mount(MountPlan plan) throws SyscallFailedException, WrongStateException {
        synchronized (disk) {
            String target = plan.target().toString();
            faults.enter("mount", target);
            MemoryNode covered = resolve(target, target);
            Optional<MemoryNode> bound = Optional.empty();
            for (MountStep step : plan.steps()) {
                if (step instanceof MountStep.Bind bind) {
                    bound = Optional.of(resolve(bind.source().toString(), target));
                }
            }
            MountInfo made = info(plan, target, table.ids++);
            Optional<String> contradiction = plan.proof().contradiction(made);
            if (contradiction.isPresent()) {
                throw new WrongStateException("mount(" + target + "): " + contradiction.get(), "");
            }
            table.mounted.add(made);
            table.plans.add(plan);
            table.covers.put(made.id(), new Cover(covered, bound.orElse(covered), made.readOnly()));
        }
    }

    private MemoryNode resolve(String path, String target) throws SyscallFailedException {
        return MemoryPaths.resolve(table, Seen.root(disk), path.getBytes(StandardCharsets.UTF_8))
                .orElseThrow(errno -> new SyscallFailedException("mount(" + target + ")", errno))
                .node();
    }

    private static MountInfo info(MountPlan plan, String target, long id) {
        String type = "none";
        String source = "none";
        boolean shared = true;
        List<String> options = new ArrayList<>();
        Set<MountFlag> flags = new HashSet<>();
        for (MountStep step : plan.steps()) {
            switch (step) {
                case MountStep.LegacyMount mount -> {
                    type = mount.type();
                    source = mount.source();
                    options.addAll(Arrays.asList(mount.data().split("(?<!\\\\),")));
                    flags.addAll(mount.flags());
                }
                case MountStep.ContextMount mount -> {
                    type = mount.type();
                    source = mount.source();
                    mount.parameters().forEach(parameter -> options.add(option(parameter)));
                    flags.addAll(mount.flags());
                }
                case MountStep.Bind bind -> {
                    type = "ext4";
                    source = bind.source().toString();
                    flags.addAll(bind.flags());
                }
                case MountStep.MakePrivate _ -> shared = false;
            }
        }
        List<String> mountOptions = new ArrayList<>();
        mountOptions.add(flags.contains(MountFlag.READ_ONLY) ? "ro" : "rw");
        flags.stream()
                .filter(flag -> flag != MountFlag.READ_ONLY)
                .map(MountFlag::option)
                .sorted()
                .forEach(mountOptions::add);
        return new MountInfo(id, 1, "/", target, mountOptions, type, source, options, shared);
    }

    private static String option(MountStep.Parameter parameter) {
        return switch (parameter) {
            case MountStep.Parameter.Flag flag -> flag.key();
            case MountStep.Parameter.Text text -> text.key() + "=" + text.value();
            case MountStep.Parameter.Directory directory -> directory.key() + "=" + directory.path();
        };
    }

    @Override
    public boolean unmount(Path target, UnmountMode mode) throws SyscallFailedException {
        synchronized (disk) {
            faults.enter("unmount", target + ", " + mode);
            Errno errno = MemoryPaths
                    .resolve(table, Seen.root(disk), target.toString().getBytes(StandardCharsets.UTF_8))
                    .errno();
            if (errno.equals(Errno.ENOTDIR)) {
                throw new SyscallFailedException("unmount(" + target + ")", errno);
            }
            Optional<MountInfo> found = topmost(target);
            if (found.isPresent() && mode == UnmountMode.STRICT && isBusy(target)) {
                throw new SyscallFailedException("unmount(" + target + ")", Errno.EBUSY);
            }
            found.ifPresent(mount -> {
                table.mounted.remove(mount);
                table.covers.remove(mount.id());
            });
            return found.isPresent();
        }
    }

    /** What is mounted beneath keeps a mount busy too. */
    private boolean isBusy(Path target) {
        return table.busy.contains(target) || table.mounted.stream()
                .anyMatch(m -> !m.mountPoint().equals(target.toString()) && Path.of(m.mountPoint()).startsWith(target));
    }

    @Override
    public Optional<MountInfo> find(Path target) throws SyscallFailedException {
        synchronized (disk) {
            faults.enter("findMount", target.toString());
            return topmost(target);
        }
    }

    private Optional<MountInfo> topmost(Path target) {
        return table.mounted.reversed()
                .stream()
                .filter(mount -> mount.mountPoint().equals(target.toString()))
                .findFirst();
    }

    @Override
    public List<MountInfo> table() throws SyscallFailedException {
        synchronized (disk) {
            faults.enter("mountTable", "");
            return List.copyOf(table.mounted);
        }
    }

    /** A file as it is seen: through a read-only mount or not, and through which. */
    record Seen(MemoryNode node, boolean readOnly, long mount) {
        private static final long ROOT = 1;

        static Seen root(MemoryDisk disk) {
            return new Seen(disk.root, false, ROOT);
        }
    }

    /** What a mount hides, and what it shows instead. */
    private record Cover(MemoryNode covered, MemoryNode shown, boolean readOnly) {}

    /** What the processes of a host share. */
    static final class Table {
        private final NavigableMap<Long, Cover> covers = new TreeMap<>();

        /** What is seen at a directory in one that is seen so: what was mounted on it last, if anything is. */
        Seen seen(MemoryNode directory, Seen above) {
            for (Map.Entry<Long, Cover> mount : covers.descendingMap().entrySet()) {
                Cover cover = mount.getValue();
                if (cover.covered == directory) {
                    return new Seen(cover.shown, cover.readOnly, mount.getKey());
                }
            }
            return new Seen(directory, above.readOnly(), above.mount());
        }

        boolean isMountPoint(MemoryNode directory) {
            return covers.values().stream().anyMatch(cover -> cover.covered == directory);
        }

        private final List<MountInfo> mounted = new ArrayList<>();
        private final List<MountPlan> plans = new ArrayList<>();
        private final Set<Path> busy = new HashSet<>();
        private long ids = 100;
    }
}
