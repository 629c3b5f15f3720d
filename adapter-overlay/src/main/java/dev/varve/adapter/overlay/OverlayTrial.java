package dev.varve.adapter.overlay;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.idmap.IdRange;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/** What overlayfs does, found by doing it, each time in fresh directories. */
final class OverlayTrial {
    private static final EntryName X = EntryName.of("x");
    private static final EntryName Y = EntryName.of("y");
    private static final EntryName WORK = EntryName.of("work");
    private static final EntryName DIR = EntryName.of("d");
    private final DriverContext context;
    private final ProbeArea area;
    private final OverlayFacts facts;

    OverlayTrial(DriverContext context, ProbeArea area, OverlayFacts facts) {
        this.context = context;
        this.area = area;
        this.facts = facts;
    }

    /** Mounts with an upper directory, and without one, and unmounts. */
    void mount(MountApi api, boolean userXattr, MountSettings settings) throws VarveException {
        ProbeArea.Rig rig = area.rig();
        rig.mounted(plan(rig, api, userXattr, settings, true), () -> {});
        rig.mounted(plan(rig, api, userXattr, settings, false), () -> {});
    }

    /** Mounts writable in the way that the driver will use. */
    private void mounted(ProbeArea.Rig rig, MountSettings settings, ProbeArea.Step step) throws VarveException {
        rig.mounted(plan(rig, facts.api(), facts.userXattr(), settings, true), step);
    }

    private MountPlan plan(ProbeArea.Rig rig, MountApi api, boolean userXattr, MountSettings settings, boolean writable)
            throws VarveException {
        return new OverlayGrammar(api, userXattr, settings, context.syscalls().host().pageSize()).plan(rig.merged(),
                rig.base(), rig.lowers(), writable ? rig.upper() : Optional.empty());
    }

    private static MountSettings asking(boolean index, Optional<RedirectDir> redirectDir, boolean metacopy,
            boolean isVolatile) {
        return new MountSettings(index, redirectDir, metacopy, isVolatile, Set.of(), List.of(), Optional.empty(),
                Optional.empty());
    }

    /** Whether {@code index=on} makes an index: it does not where the file system has no file handles. */
    boolean keepsIndex() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        boolean[] found = new boolean[1];
        mounted(rig, asking(true, Optional.empty(), false, false), () -> {
            try (Directory work = rig.open("w")) {
                found[0] = work.find(EntryName.of("index")).isPresent();
            }
        });
        return found[0];
    }

    /** Whether a change of mode with {@code metacopy=on} copies no data. */
    boolean copiesMetadataOnly() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        write(rig, "2", X, 1);
        mounted(rig, asking(false, Optional.empty(), true, false), () -> {
            try (Directory merged = rig.open("m"); Inode file = merged.inode(X)) {
                file.setMode(0600);
            }
        });
        try (Directory upper = rig.open("u")) {
            return upper.xattrs(X).has(facts.whiteouts().xattr("metacopy"));
        }
    }

    /** Whether a directory of a lower layer can be renamed with {@code redirect_dir=on}. */
    boolean renamesDirectories() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        try (Directory lower = rig.open("2")) {
            lower.makeDirectory(DIR, 0755);
        }
        boolean[] renamed = new boolean[1];
        mounted(rig, asking(false, Optional.of(RedirectDir.ON), false, false), () -> {
            try (Directory merged = rig.open("m")) {
                merged.rename(DIR, merged, Y, false);
                renamed[0] = true;
            } catch (SyscallFailedException e) {
                if (!e.errno().equals(Errno.EXDEV)) {
                    throw e;
                }
            }
        });
        return renamed[0];
    }

    /** Whether files are shown with other owners than they have, and are copied up with those that they have. */
    boolean mapsOwners(IdMapping ids) throws VarveException {
        ProbeArea.Rig rig = area.rig();
        IdRange first = ids.users().getFirst();
        write(rig, "2", X, 0);
        try (Directory lower = rig.open("2"); Inode file = lower.inode(X)) {
            file.setOwner(first.container(), ids.groups().getFirst().container());
        }
        boolean[] shown = new boolean[1];
        mounted(rig, MountSettings.DEFAULT.withIds(Optional.of(ids)), () -> {
            try (Directory merged = rig.open("m"); Inode file = merged.inode(X)) {
                shown[0] = file.stat().uid() == first.host();
                file.setMode(0600);
            }
        });
        try (Directory upper = rig.open("u")) {
            return shown[0] && upper.find(X).orElseThrow().uid() == first.container();
        }
    }

    /** Whether {@code volatile} leaves its mark, which keeps a second mount from being made. */
    boolean marksVolatile() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        mounted(rig, asking(false, Optional.empty(), false, true), () -> {});
        try (Directory work = rig.open("w")) {
            if (work.find(WORK).isEmpty()) {
                return false;
            }
            try (Directory inner = work.open(WORK)) {
                return inner.find(EntryName.of("incompat")).isPresent();
            }
        }
    }

    /** Whether a listing leaves out a whiteout: without d_type from the file system below it does not. */
    boolean listsWithoutDeviceWhiteouts() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        write(rig, "2", X, 0);
        try (Directory nearer = rig.open("1")) {
            nearer.makeNode(X, FileType.CHARACTER_DEVICE, 0, 0, 0);
        }
        return hides(rig);
    }

    /** Whether an empty file with the attribute {@code whiteout} hides what is below, in lookups and in listings. */
    boolean readsXattrWhiteouts() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        write(rig, "2", X, 0);
        write(rig, "1", X, 0);
        try (Directory nearer = rig.open("1"); OpenFile file = nearer.write(X)) {
            file.setXattr(facts.whiteouts().xattr("whiteout"), new byte[0]);
            nearer.setXattr(facts.whiteouts().xattr("opaque"), new byte[]{'x'});
        }
        return hides(rig);
    }

    private boolean hides(ProbeArea.Rig rig) throws VarveException {
        boolean[] hidden = new boolean[1];
        mounted(rig, MountSettings.DEFAULT, () -> {
            try (Directory merged = rig.open("m")) {
                hidden[0] = merged.list().isEmpty() && merged.find(X).isEmpty();
            }
        });
        return hidden[0];
    }

    /** Mounts with a layer that only holds data for metadata-only files of others ({@code datadir+}). */
    void mountDataOnlyLower() throws VarveException {
        ProbeArea.Rig rig = area.rig();
        List<Path> lowers = rig.lowers();
        rig.mounted(new MountPlan(rig.merged(),
                List.of(new MountStep.ContextMount("overlay", "varve",
                        List.of(new MountStep.Parameter.Text("lowerdir+", lowers.get(0).toString()),
                                new MountStep.Parameter.Text("datadir+", lowers.get(1).toString()),
                                new MountStep.Parameter.Text("redirect_dir", "follow"),
                                new MountStep.Parameter.Text("metacopy", "on")),
                        Set.of(dev.varve.domain.mount.MountFlag.READ_ONLY))),
                new MountProof.Overlay(List.of(lowers.get(0).toString()), Optional.empty())), () -> {});
    }

    private static void write(ProbeArea.Rig rig, String part, EntryName name, int size) throws VarveException {
        try (Directory directory = rig.open(part); OpenFile file = directory.create(name, 0644)) {
            file.setSize(size);
        }
    }
}
