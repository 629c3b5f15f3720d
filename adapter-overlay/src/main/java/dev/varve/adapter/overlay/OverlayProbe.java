package dev.varve.adapter.overlay;

import java.util.Optional;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.MountRight;

/** Finds out by a mount of two empty layers whether overlayfs works in a store, with what the user asks of it. */
final class OverlayProbe {
    private final DriverContext context;
    private final OverlayOptions options;

    OverlayProbe(DriverContext context, OverlayOptions options) {
        this.context = context;
        this.options = options;
    }

    Support run() throws VarveException {
        if (!context.syscalls().host().mayMount()) {
            return new Support.PrerequisitesNotMet(lack(context.syscalls().host().mountRight()));
        }
        try (Directory home = context.syscalls().directory(context.home())) {
            if (home.fileSystem().readOnly()) {
                return new Support.IncompatibleBackingFileSystem("the file system of the store is read-only");
            }
        }
        OverlayFacts facts;
        try {
            facts = OverlayFacts.find(context, options);
            options.settings().refuseWith(facts.api(), facts.userXattr());
        } catch (UnsupportedException e) {
            return new Support.NotSupported(e.getMessage());
        }
        Optional<Support> plain = refusal(facts, MountSettings.DEFAULT);
        if (plain.isPresent()) {
            return plain.get();
        }
        Optional<Support> asked = options.settings().isAsking() ? refusal(facts, options.settings()) : Optional.empty();
        return asked.orElseGet(() -> new Support.Yes("layers by " + facts.api().option() + ", attributes in "
                + facts.whiteouts().namespace().prefix() + "*"));
    }

    /** What is missing for mounting. */
    static String lack(MountRight right) {
        return switch (right) {
            case GRANTED -> "";
            case NO_CAPABILITY -> "mounting needs CAP_SYS_ADMIN, which this process does not have";
            case NOT_OWNER ->
                    "mounting needs a mount namespace of this user namespace (CLONE_NEWNS): this process has CAP_SYS_ADMIN, but"
                            + " its mount namespace belongs to another user namespace";
            case REFUSED ->
                    "mounting is refused (open_tree: EPERM) although this process has CAP_SYS_ADMIN and owns its"
                            + " mount namespace: a filter (seccomp) or a security module forbids it";
        };
    }

    /** Refuses settings that the kernel does not take, by a mount with them; the default ones are not tried. */
    static void require(DriverContext context, OverlayFacts facts, MountSettings settings) throws VarveException {
        settings.refuseWith(facts.api(), facts.userXattr());
        if (!settings.isAsking()) {
            return;
        }
        try {
            mount(context, facts, settings);
        } catch (SyscallFailedException | WrongStateException e) {
            throw new UnsupportedException("prerequisites of " + settings.text() + " are not met: " + e.getMessage(),
                    "leave the option out, or give the host what it lacks (for mount_label: SELinux)", e);
        }
    }

    private Optional<Support> refusal(OverlayFacts facts, MountSettings settings) throws VarveException {
        try {
            mount(context, facts, settings);
            return Optional.empty();
        } catch (UnsupportedException | WrongStateException e) {
            return Optional.of(new Support.NotSupported(e.getMessage()));
        } catch (SyscallFailedException e) {
            String why = settings.isAsking() ? settings.text() + ": " + e.getMessage() : e.getMessage();
            return Optional.of(e.errno().isPermission() || settings.isAsking() ? new Support.PrerequisitesNotMet(why)
                    : e.errno().equals(Errno.EINVAL) ? new Support.IncompatibleBackingFileSystem(why)
                            : new Support.NotSupported(why));
        }
    }

    private static void mount(DriverContext context, OverlayFacts facts, MountSettings settings) throws VarveException {
        try (ProbeArea area = ProbeArea.in(context)) {
            OverlayTrial trial = new OverlayTrial(context, area, facts);
            trial.mount(facts.api(), facts.userXattr(), settings);
            if (settings.index() && !trial.keepsIndex()) {
                throw notKept("index=on");
            }
            if (settings.metacopy() && !trial.copiesMetadataOnly()) {
                throw notKept("metacopy=on");
            }
            if (settings.isVolatile() && !trial.marksVolatile()) {
                throw notKept("volatile");
            }
            if (settings.redirectDir().equals(Optional.of(RedirectDir.ON)) && !trial.renamesDirectories()) {
                throw notKept("redirect_dir=on");
            }
            if (settings.ids().isPresent() && !trial.mapsOwners(settings.ids().get())) {
                throw notKept(settings.text());
            }
        }
    }

    /** The kernel mounts without what the file system below does not allow, and says so in its log only. */
    private static WrongStateException notKept(String option) {
        return new WrongStateException("the kernel mounts with " + option + " but does not do it here",
                "the kernel's log (dmesg) says why");
    }
}
