package dev.varve.adapter.overlay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.mount.MountFlag;
import dev.varve.domain.mount.MountPlan;
import dev.varve.domain.mount.MountProof;
import dev.varve.domain.mount.MountStep;
import dev.varve.domain.mount.MountStep.Parameter;

/** Plans overlay mounts: pure, and all that Varve knows of overlayfs' option grammar (Documentation/filesystems/overlayfs.rst). */
final class OverlayGrammar {
    /** fsconfig(2) refuses a longer string with EINVAL and no word in its log. */
    static final int MAX_STRING = 255;
    private static final String SOURCE = "varve";
    private static final int MAX_SHOWN_MAPPING = 200;
    private final MountApi api;
    private final boolean userXattr;
    private final MountSettings settings;
    private final int pageSize;

    OverlayGrammar(MountApi api, boolean userXattr, MountSettings settings, int pageSize) {
        this.api = api;
        this.userXattr = userXattr;
        this.settings = settings;
        this.pageSize = pageSize;
    }

    /** Where a writable overlay keeps what is written. */
    record Upper(Path upper, Path work) {}

    /**
     * Plans an overlay.
     *
     * @param base         a directory that all are beneath; paths in mount(2)'s options are relative to it, and its ids are
     *                     mapped where that is asked for
     * @param nearestFirst at least one lower directory, two where there is no upper one
     * @throws UnsupportedException if there are too many, or they do not fit
     */
    MountPlan plan(Path target, Path base, List<Path> nearestFirst, Optional<Upper> upper) throws UnsupportedException {
        if (nearestFirst.size() > OverlayDriver.MAX_LOWERS) {
            throw new UnsupportedException(
                    "overlayfs stacks at most " + OverlayDriver.MAX_LOWERS + " layers, not " + nearestFirst.size(),
                    "squash some of the layers into one");
        }
        Set<MountFlag> flags = settings.flags(upper.isPresent());
        if (api == MountApi.LEGACY || api == MountApi.STRING && !fitStrings(nearestFirst, upper)) {
            return legacy(target, base, nearestFirst, upper, flags);
        }
        List<Parameter> parameters = new ArrayList<>();
        boolean fd = api == MountApi.FD;
        Optional<MountStep.Mapped> mapped = settings.ids().map(ids -> new MountStep.Mapped(base, ids));
        for (Path lower : nearestFirst) {
            parameters.add(fd ? new Parameter.Directory("lowerdir+", lower)
                    : new Parameter.Text("lowerdir+", lower.toString()));
        }
        upper.ifPresent(u -> {
            parameters.add(fd ? new Parameter.Directory("upperdir", u.upper())
                    : new Parameter.Text("upperdir", escapeBackslash(u.upper().toString())));
            parameters.add(fd ? new Parameter.Directory("workdir", u.work())
                    : new Parameter.Text("workdir", escapeBackslash(u.work().toString())));
        });
        settings.options(userXattr, upper.isPresent())
                .forEach(o -> parameters.add(o.indexOf('=') < 0 ? new Parameter.Flag(o)
                        : new Parameter.Text(o.substring(0, o.indexOf('=')), o.substring(o.indexOf('=') + 1))));
        settings.label().ifPresent(l -> parameters.add(new Parameter.Text("context", l)));
        List<String> shown = nearestFirst.stream()
                .map(l -> (mapped.isPresent() ? Path.of("/").resolve(base.relativize(l)) : l).toString())
                .toList();
        return new MountPlan(target,
                List.of(new MountStep.ContextMount("overlay", source(), parameters, flags, mapped)),
                proof(shown, upper));
    }

    /** Tells mounts with one mapping from those with another, which the table does not show otherwise. */
    private String source() {
        return settings.ids()
                .map(IdMapping::toString)
                .map(ids -> SOURCE + " ids="
                        + (ids.length() <= MAX_SHOWN_MAPPING ? ids : Integer.toHexString(ids.hashCode())))
                .orElse(SOURCE);
    }

    private MountProof proof(List<String> lowers, Optional<Upper> upper) {
        return new MountProof.Overlay(source(), lowers, upper.map(Upper::upper), settings.shown(userXattr));
    }

    private MountPlan legacy(Path target, Path base, List<Path> nearestFirst, Optional<Upper> upper,
            Set<MountFlag> flags) throws UnsupportedException {
        List<String> lowers = nearestFirst.stream().map(l -> base.relativize(l).toString()).toList();
        StringBuilder data = new StringBuilder(String.join(",", settings.options(userXattr, upper.isPresent())));
        // in quotes, because mount(2) would split the label at the commas between its categories
        settings.label().ifPresent(l -> data.append(",context=\"").append(l).append('"'));
        upper.ifPresent(u -> data.append(",upperdir=")
                .append(escapePath(base.relativize(u.upper()).toString()))
                .append(",workdir=")
                .append(escapePath(base.relativize(u.work()).toString())));
        data.append(",lowerdir=").append(String.join(":", lowers.stream().map(OverlayGrammar::escapeLower).toList()));
        int bytes = data.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= pageSize) {
            throw new UnsupportedException(
                    nearestFirst.size() + " layers need " + bytes + " bytes of mount options, mount(2) takes "
                            + (pageSize - 1) + " and cuts off the rest",
                    "squash some of the layers, or use a kernel that has lowerdir+ (6.7 or later)");
        }
        return new MountPlan(target,
                List.of(new MountStep.LegacyMount("overlay", SOURCE, base, data.toString(), flags)),
                proof(lowers, upper));
    }

    private static boolean fitStrings(List<Path> lowers, Optional<Upper> upper) {
        return lowers.stream().allMatch(l -> fits(l.toString())) && upper.stream()
                .allMatch(
                        u -> fits(escapeBackslash(u.upper().toString())) && fits(escapeBackslash(u.work().toString())));
    }

    private static boolean fits(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length <= MAX_STRING;
    }

    /** {@code upperdir} and {@code workdir} unescape backslashes even where they come through fsconfig(2). */
    static String escapeBackslash(String path) {
        return path.replace("\\", "\\\\");
    }

    /** mount(2) splits its options at commas. */
    static String escapePath(String path) {
        return escapeBackslash(path).replace(",", "\\,");
    }

    /** And {@code lowerdir} is split at colons. */
    static String escapeLower(String path) {
        return escapePath(path).replace(":", "\\:");
    }
}
