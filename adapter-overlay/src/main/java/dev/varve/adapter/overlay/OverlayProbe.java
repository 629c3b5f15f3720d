package dev.varve.adapter.overlay;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Mounts;

/** Finds out by a mount of two empty layers whether overlayfs works in a store. */
final class OverlayProbe {
    static final String NO_PRIVILEGE = "mounting needs CAP_SYS_ADMIN, which this user does not have";
    private static final List<EntryName> PARTS = List.of(EntryName.of("1"), EntryName.of("2"), EntryName.of("u"),
            EntryName.of("w"), EntryName.of("m"));
    private static final EntryName WORK_INNER = EntryName.of("work");
    private final DriverContext context;
    private final OverlayOptions options;

    OverlayProbe(DriverContext context, OverlayOptions options) {
        this.context = context;
        this.options = options;
    }

    Support run() throws VarveException {
        if (!context.syscalls().host().mayMount()) {
            return new Support.PrerequisitesNotMet(NO_PRIVILEGE);
        }
        OverlayFacts facts = OverlayFacts.find(context, options);
        EntryName name = EntryName
                .of("probe-" + context.syscalls().host().pid() + "-" + Long.toHexString(System.nanoTime()));
        try (Directory home = context.syscalls().directory(context.home())) {
            if (home.fileSystem().readOnly()) {
                return new Support.IncompatibleBackingFileSystem("the file system of the store is read-only");
            }
            home.makeDirectory(name, 0700);
            try (Directory probe = home.open(name)) {
                for (EntryName part : PARTS) {
                    probe.makeDirectory(part, 0755);
                }
                return tryMount(facts, context.home().resolve(name.toString()));
            } finally {
                clear(home, name);
            }
        }
    }

    private Support tryMount(OverlayFacts facts, Path probe) throws VarveException {
        OverlayGrammar grammar = new OverlayGrammar(facts, context.syscalls().host().pageSize());
        Path merged = probe.resolve("m");
        Mounts mounts = context.syscalls().mounts();
        try {
            mounts.mount(grammar.plan(merged, probe, List.of(probe.resolve("1"), probe.resolve("2")),
                    Optional.of(new OverlayGrammar.Upper(probe.resolve("u"), probe.resolve("w")))));
            mounts.unmount(merged, Mounts.UnmountMode.LAZY);
            return new Support.Yes("layers by " + facts.api().option() + ", attributes in "
                    + facts.whiteouts().namespace().prefix() + "*");
        } catch (UnsupportedException e) {
            return new Support.NotSupported(e.getMessage());
        } catch (SyscallFailedException e) {
            return e.errno().isPermission() ? new Support.PrerequisitesNotMet(e.getMessage())
                    : e.errno().equals(Errno.EINVAL) ? new Support.IncompatibleBackingFileSystem(e.getMessage())
                            : new Support.NotSupported(e.getMessage());
        }
    }

    /** overlayfs leaves a directory {@code work} in the work directory. */
    private static void clear(Directory home, EntryName name) throws VarveException {
        try (Directory probe = home.open(name)) {
            for (EntryName part : PARTS) {
                if (probe.find(part).isPresent()) {
                    try (Directory inner = probe.open(part)) {
                        if (inner.find(WORK_INNER).isPresent()) {
                            inner.removeDirectory(WORK_INNER);
                        }
                    }
                    probe.removeDirectory(part);
                }
            }
        }
        home.removeDirectory(name);
    }
}
