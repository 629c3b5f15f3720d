package dev.varve.adapter.overlay;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.mount.FileSystemType;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;

/**
 * What follows from the host for every overlay of a store, found without a mount.
 *
 * @param userXattr whether overlayfs has to keep its attributes in {@code user.}: it cannot set {@code trusted.} ones
 *                  outside of the first user namespace
 * @param whiteouts the form that can be written here
 * @param how       how the last two were found
 */
record OverlayFacts(MountApi api, boolean userXattr, WhiteoutFormat.Overlay whiteouts, String how) {
    private static final EntryName NODE = EntryName.of("c");

    /** @throws UnsupportedException if no form of whiteout can be written that this kernel reads */
    static OverlayFacts find(DriverContext context, OverlayOptions options) throws VarveException {
        HostFacts host = context.syscalls().host();
        MountApi best = host.kernelAtLeast(6, 13) ? MountApi.FD
                : host.kernelAtLeast(6, 7) ? MountApi.STRING : MountApi.LEGACY;
        MountApi api = options.mountApi().orElse(best);
        try (ProbeArea area = ProbeArea.in(context)) {
            boolean user = !takes(area.directory(), "trusted.varve") && takes(area.directory(), "user.varve");
            boolean device = takesZeroDevice(area.directory());
            if (!device && !host.kernelAtLeast(6, 7)) {
                throw new UnsupportedException(
                        "overlay: whiteouts cannot be made in " + context.home()
                                + " (mknod of 0:0 is refused), and Linux " + host.kernelRelease() + " reads no others",
                        "use Linux 6.7 or later, another --store, or --driver vfs");
            }
            return of(api, user, device, "tried in the store");
        } catch (SyscallFailedException e) {
            return assumed(context, api, e.errno());
        }
    }

    /** For a store in which nothing can be made now: it is read-only, or full. */
    private static OverlayFacts assumed(DriverContext context, MountApi api, Errno why) throws VarveException {
        HostFacts host = context.syscalls().host();
        boolean onOverlay;
        try (Directory home = context.syscalls().directory(context.home())) {
            onOverlay = home.fileSystem().magic() == FileSystemType.OVERLAY.magic();
        }
        // mknod of 0:0 is refused on overlayfs itself, and allowed in user namespaces since Linux 5.8
        boolean device = !onOverlay && (host.initialUserNamespace() || host.kernelAtLeast(5, 8));
        return of(api, !host.initialUserNamespace(), device,
                "assumed of Linux " + host.kernelRelease() + ", the store took no test file: " + why);
    }

    private static OverlayFacts of(MountApi api, boolean user, boolean device, String how) {
        return new OverlayFacts(api, user,
                new WhiteoutFormat.Overlay(
                        user ? WhiteoutFormat.XattrNamespace.USER : WhiteoutFormat.XattrNamespace.TRUSTED,
                        device ? WhiteoutFormat.Form.DEVICE : WhiteoutFormat.Form.XATTR),
                how);
    }

    /** Whether the file system keeps such an attribute for this user. */
    private static boolean takes(Directory directory, String xattr) throws VarveException {
        try {
            set(directory, xattr);
            return true;
        } catch (SyscallFailedException e) {
            return refused(e);
        }
    }

    /** Sets such an attribute, and removes it. */
    static void set(Directory directory, String xattr) throws VarveException {
        directory.setXattr(xattr, new byte[]{'y'});
        directory.removeXattr(xattr);
    }

    private static boolean takesZeroDevice(Directory directory) throws VarveException {
        try {
            directory.makeNode(NODE, FileType.CHARACTER_DEVICE, 0, 0, 0);
            directory.remove(NODE);
            return true;
        } catch (SyscallFailedException e) {
            return refused(e);
        }
    }

    /** False for a refusal; any other failure says nothing of what the file system can do. */
    private static boolean refused(SyscallFailedException e) throws SyscallFailedException {
        if (e.errno().isPermission() || e.errno().equals(Errno.EOPNOTSUPP)) {
            return false;
        }
        throw e;
    }
}
