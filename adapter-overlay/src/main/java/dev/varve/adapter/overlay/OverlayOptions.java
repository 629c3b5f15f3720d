package dev.varve.adapter.overlay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.idmap.IdMapping;
import dev.varve.domain.idmap.IdRange;
import dev.varve.domain.mount.MountFlag;

/**
 * What a user may set.
 *
 * @param mountApi {@code mount_api=fd|string|legacy}, instead of the best that the kernel has
 * @param strategy {@code strategy=layers|hardlink}, what committed layers are from now on
 * @param settings {@code index}, {@code redirect_dir}, {@code metacopy}, {@code volatile}, {@code mountopt},
 *                 {@code mount_label}, {@code uidmap} and {@code gidmap}, for every mount from now on
 */
record OverlayOptions(Optional<MountApi> mountApi, Strategy strategy, MountSettings settings) {
    private static final String KNOWN = "it knows gidmap, index, metacopy, mount_api, mount_label, mountopt,"
            + " redirect_dir, strategy, uidmap and volatile";
    /** Restrict what the files of a layer can do on this host, or what reading them writes. */
    private static final Map<String, MountFlag> FLAGS = Map.of("nodev", MountFlag.NO_DEVICES, "nosuid",
            MountFlag.NO_SETUID, "noexec", MountFlag.NO_EXEC, "noatime", MountFlag.NO_ACCESS_TIME);
    /** How inode and file system numbers are made, which no layer's content depends on. */
    private static final Set<String> NUMBERS = Set.of("xino=on", "xino=off", "xino=auto", "uuid=on", "uuid=off",
            "uuid=null", "uuid=auto");
    private static final String ALLOWED = "allowed are nodev, nosuid, noexec, noatime, xino=on|off|auto and"
            + " uuid=on|off|null|auto; other options of overlayfs are Varve's to set, or options overlay.KEY of their own";
    /** user:role:type and a range of levels and categories, in which there may be commas. */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.:,-]{1,255}");

    /** @throws InvalidOptionException if there is no such option, or none of this value, or two contradict each other */
    static OverlayOptions parse(Map<String, String> options) throws InvalidOptionException {
        Map<String, String> left = new TreeMap<>(options);
        Optional<MountApi> api = choice(left, "mount_api", MountApi.values(), MountApi::option);
        Strategy strategy = choice(left, "strategy", Strategy.values(), Strategy::option).orElse(Strategy.LAYERS);
        Set<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        List<String> more = new ArrayList<>();
        mountOptions(left.remove("mountopt"), flags, more);
        MountSettings settings = new MountSettings(isOn(left, "index"),
                choice(left, "redirect_dir", RedirectDir.values(), RedirectDir::option), isOn(left, "metacopy"),
                isOn(left, "volatile"), flags, more, label(left.remove("mount_label")), ids(left));
        if (!left.isEmpty()) {
            throw new InvalidOptionException(
                    "the overlay driver has no option overlay." + left.keySet().iterator().next(), KNOWN);
        }
        settings.refuseContradictions();
        if (settings.ids().isPresent() && api.isPresent() && api.get() != MountApi.FD) {
            throw new InvalidOptionException("overlay.mount_api=" + api.get().option() + " contradicts "
                    + settings.text() + ": layers whose owners are mapped have no paths", "leave one of them out");
        }
        return new OverlayOptions(api, strategy, settings);
    }

    private static <T> Optional<T> choice(Map<String, String> left, String key, T[] choices, Function<T, String> name)
            throws InvalidOptionException {
        String value = left.remove(key);
        if (value == null) {
            return Optional.empty();
        }
        for (T choice : choices) {
            if (name.apply(choice).equals(value)) {
                return Optional.of(choice);
            }
        }
        throw new InvalidOptionException("overlay." + key + " cannot be " + value,
                "it is one of " + Arrays.stream(choices).map(name).collect(Collectors.joining(", ")));
    }

    private static boolean isOn(Map<String, String> left, String key) throws InvalidOptionException {
        return choice(left, key, new String[]{"on", "off", "true", "false"}, Function.identity())
                .filter(v -> v.equals("on") || v.equals("true"))
                .isPresent();
    }

    private static void mountOptions(@org.jspecify.annotations.Nullable String value, Set<MountFlag> flags,
            List<String> more) throws InvalidOptionException {
        if (value == null) {
            return;
        }
        for (String option : value.split(",", -1)) {
            MountFlag flag = FLAGS.get(option);
            String key = option.substring(0, Math.max(0, option.indexOf('=') + 1));
            if (flag != null) {
                flags.add(flag);
            } else if (!NUMBERS.contains(option)) {
                throw new InvalidOptionException("overlay.mountopt cannot hold \"" + option + "\"", ALLOWED);
            } else if (more.stream().anyMatch(m -> m.startsWith(key) && !m.equals(option))) {
                throw new InvalidOptionException("overlay.mountopt holds " + option + " and another value of " + key,
                        "name one of them");
            } else if (!more.contains(option)) {
                more.add(option);
            }
        }
    }

    private static Optional<IdMapping> ids(Map<String, String> left) throws InvalidOptionException {
        Optional<List<IdRange>> users = ranges(left, "uidmap");
        Optional<List<IdRange>> groups = ranges(left, "gidmap");
        if (users.isEmpty() && groups.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new IdMapping(users.or(() -> groups).orElseThrow(), groups.or(() -> users).orElseThrow()));
    }

    private static Optional<List<IdRange>> ranges(Map<String, String> left, String key) throws InvalidOptionException {
        String value = left.remove(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            List<IdRange> ranges = IdMapping.ranges(value);
            return Optional.of(new IdMapping(ranges, ranges).users());
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException("overlay." + key + " cannot be " + value + ": " + e.getMessage(),
                    "it is a list of container:host:size, as in 0:100000:65536");
        }
    }

    private static Optional<String> label(@org.jspecify.annotations.Nullable String value)
            throws InvalidOptionException {
        if (value != null && !LABEL.matcher(value).matches()) {
            throw new InvalidOptionException("overlay.mount_label cannot be " + value,
                    "an SELinux context is user:role:type:level, at most 255 letters, digits and _ . : , -");
        }
        return Optional.ofNullable(value);
    }
}
