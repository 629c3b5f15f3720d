package dev.varve.adapter.overlay;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;

/**
 * What follows from the host for every overlay of a store, found without a mount.
 *
 * @param userXattr whether overlayfs has to keep its attributes in {@code user.}: it cannot set {@code trusted.} ones
 *                  outside of the first user namespace
 */
record OverlayFacts(MountApi api, boolean userXattr, WhiteoutFormat.Overlay whiteouts) {
    private static final long OVERLAY_MAGIC = 0x794c7630L;

    static OverlayFacts find(DriverContext context, OverlayOptions options) throws VarveException {
        HostFacts host = context.syscalls().host();
        MountApi best = host.kernelAtLeast(6, 13) ? MountApi.FD
                : host.kernelAtLeast(6, 7) ? MountApi.STRING : MountApi.LEGACY;
        boolean user = !host.initialUserNamespace();
        boolean onOverlay;
        try (Directory home = context.syscalls().directory(context.home())) {
            onOverlay = home.fileSystem().magic() == OVERLAY_MAGIC;
        }
        // mknod of 0:0 is refused on overlayfs itself, and allowed in user namespaces since Linux 5.8
        boolean device = !onOverlay && (host.initialUserNamespace() || host.kernelAtLeast(5, 8));
        return new OverlayFacts(options.mountApi().orElse(best), user,
                new WhiteoutFormat.Overlay(
                        user ? WhiteoutFormat.XattrNamespace.USER : WhiteoutFormat.XattrNamespace.TRUSTED,
                        device ? WhiteoutFormat.Form.DEVICE : WhiteoutFormat.Form.XATTR));
    }
}
