package dev.varve.adapter.overlay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.mount.MountFlag;

/**
 * What overlayfs is asked for besides its layers (Documentation/filesystems/overlayfs.rst; fs/overlayfs/params.c,
 * ovl_fs_params_verify).
 *
 * @param index       whether hard links to lower files stay links when they are copied up
 * @param redirectDir empty: what {@code metacopy} needs, else no redirects
 * @param metacopy    whether a change of attributes alone copies no data
 * @param isVolatile  whether nothing is synced while mounted
 * @param flags       attributes of every mount
 * @param more        options of the file system as they are given to it
 * @param label       the SELinux context of all files
 * @param ids         how the owners of all files are shown, if not as they are
 */
record MountSettings(boolean index, Optional<RedirectDir> redirectDir, boolean metacopy, boolean isVolatile,
        Set<MountFlag> flags, List<String> more, Optional<String> label, Optional<IdMapping> ids) {
    static final MountSettings DEFAULT = new MountSettings(false, Optional.empty(), false, false, Set.of(), List.of(),
            Optional.empty(), Optional.empty());

    MountSettings {
        flags = Set.copyOf(flags);
        more = List.copyOf(more);
    }

    /** @throws InvalidOptionException if metadata-only copies could not be followed: the kernel refuses such a mount */
    void refuseContradictions() throws InvalidOptionException {
        if (metacopy && redirects(true) != RedirectDir.ON) {
            throw new InvalidOptionException(
                    "overlay.metacopy=on contradicts overlay.redirect_dir=" + redirects(true).option(),
                    "metadata-only copies are found through redirects: set overlay.redirect_dir=on, or leave it out");
        }
    }

    /** @throws UnsupportedException if something is asked for that overlayfs does not do in this way on this host */
    void refuseWith(MountApi api, boolean userXattr) throws UnsupportedException {
        if (ids.isPresent() && api != MountApi.FD) {
            throw new UnsupportedException(text() + " needs layers that are given by file descriptor",
                    "use Linux 6.15 or later, or leave the option out");
        }
        if (userXattr) {
            refuseWithUserXattr();
        }
    }

    private void refuseWithUserXattr() throws UnsupportedException {
        if (metacopy) {
            throw contradictsUserXattr("overlay.metacopy=on");
        }
        if (redirectDir.isPresent()
                && (redirectDir.get() == RedirectDir.ON || redirectDir.get() == RedirectDir.FOLLOW)) {
            throw contradictsUserXattr("overlay.redirect_dir=" + redirectDir.get().option());
        }
    }

    private static UnsupportedException contradictsUserXattr(String option) {
        return new UnsupportedException(option + " contradicts userxattr, which overlayfs needs in this user namespace",
                "leave the option out, or run as root outside of user namespaces");
    }

    /** The same, with the owners shown so; empty: as they are. */
    MountSettings withIds(Optional<IdMapping> shown) {
        return new MountSettings(index, redirectDir, metacopy, isVolatile, flags, more, label, shown);
    }

    /** Whether the kernel has to have something for it that not every kernel or file system has. */
    boolean isAsking() {
        return index || redirectDir.isPresent() || metacopy || isVolatile || !flags.isEmpty() || !more.isEmpty()
                || label.isPresent() || ids.isPresent();
    }

    private RedirectDir redirects(boolean writable) {
        return redirectDir.orElse(metacopy ? RedirectDir.ON : writable ? RedirectDir.OFF : RedirectDir.FOLLOW);
    }

    /**
     * The options in the order in which they are given to the kernel, {@code key=value} or {@code key}. Where nothing can
     * be written, whatever writable mounts left in the layers is followed, unless redirects were refused.
     */
    List<String> options(boolean userXattr, boolean writable) {
        List<String> options = new ArrayList<>();
        RedirectDir redirects = redirects(writable);
        if (userXattr) {
            options.add("userxattr");
        }
        options.add("index=" + onOff(index && writable));
        if (!userXattr) {
            boolean follows = redirects == RedirectDir.ON || redirects == RedirectDir.FOLLOW;
            // a read-only mount that follows redirects is asked to by "follow": "on" is for what is written
            options.add("redirect_dir=" + (writable || !follows ? redirects : RedirectDir.FOLLOW).option());
            options.add("metacopy=" + onOff(writable ? metacopy : follows));
        } else if (redirects == RedirectDir.NOFOLLOW) {
            options.add("redirect_dir=nofollow");
        }
        if (isVolatile && writable) {
            options.add("volatile");
        }
        options.addAll(more);
        return options;
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    /** The flags of a mount, in their order. */
    Set<MountFlag> flags(boolean writable) {
        Set<MountFlag> all = new LinkedHashSet<>(flags);
        if (!writable) {
            all.add(MountFlag.READ_ONLY);
        }
        return Set.copyOf(all);
    }

    /**
     * What the mount table must show of it. The others are not shown where they are the module's defaults, or not as they
     * were given ({@code volatile} as {@code fsync=volatile}); {@link OverlayProbe} tries them.
     */
    Set<String> shown(boolean userXattr) {
        Set<String> shown = flags.stream().map(MountFlag::option).collect(Collectors.toSet());
        if (userXattr) {
            shown.add("userxattr");
        }
        return shown;
    }

    /** As a user would write it; "none" for the default. */
    String text() {
        List<String> parts = new ArrayList<>();
        if (index) {
            parts.add("index=on");
        }
        redirectDir.ifPresent(r -> parts.add("redirect_dir=" + r.option()));
        if (metacopy) {
            parts.add("metacopy=on");
        }
        if (isVolatile) {
            parts.add("volatile=on");
        }
        List<String> mountOptions = new ArrayList<>(
                flags.stream().sorted(Comparator.naturalOrder()).map(MountFlag::option).toList());
        mountOptions.addAll(more);
        if (!mountOptions.isEmpty()) {
            parts.add("mountopt=" + String.join(",", mountOptions));
        }
        label.ifPresent(l -> parts.add("mount_label=" + l));
        ids.ifPresent(i -> {
            parts.add("uidmap=" + IdMapping.text(i.users()));
            parts.add("gidmap=" + IdMapping.text(i.groups()));
        });
        return parts.isEmpty() ? "none" : String.join(" ", parts.stream().map(p -> "overlay." + p).toList());
    }
}
