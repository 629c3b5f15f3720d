package dev.varve.domain.mount;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)), its escapes undone.
 *
 * @param id           the mount's id, as statx(2) gives it
 * @param mountPoint   where it is
 * @param mountOptions per-mount options
 * @param type         the file system's name
 * @param source       what was mounted
 * @param superOptions the file system's options, still escaped as {@code overlay} prints them
 * @param shared       whether mounts beneath it propagate to its peers (mount_namespaces(7), "shared:N")
 */
public record MountInfo(long id, long parentId, String root, String mountPoint, List<String> mountOptions, String type,
        String source, List<String> superOptions, boolean shared) {
    public MountInfo {
        mountOptions = List.copyOf(mountOptions);
        superOptions = List.copyOf(superOptions);
    }

    /** @throws IllegalArgumentException if the line is not one of mountinfo */
    public static MountInfo parse(String line) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int dash = fields.indexOf("-");
        if (dash < 6 || fields.size() < dash + 4) {
            throw new IllegalArgumentException("not a line of mountinfo: " + line);
        }
        return new MountInfo(Long.parseLong(fields.get(0)), Long.parseLong(fields.get(1)), unescape(fields.get(3)),
                unescape(fields.get(4)), List.of(fields.get(5).split(",")), fields.get(dash + 1),
                unescape(fields.get(dash + 2)), splitOptions(fields.get(dash + 3)),
                fields.subList(6, dash).stream().anyMatch(f -> f.startsWith("shared:")));
    }

    public boolean readOnly() {
        return mountOptions.contains("ro");
    }

    /** Whether it shows other owners than the files have (mount_setattr(2), MOUNT_ATTR_IDMAP). */
    public boolean idMapped() {
        return mountOptions.contains("idmapped");
    }

    /** The value of the first super option {@code key=value}. */
    public Optional<String> option(String key) {
        return superOptions.stream()
                .filter(o -> o.startsWith(key + "="))
                .map(o -> o.substring(key.length() + 1))
                .map(MountInfo::unescape)
                .findFirst();
    }

    /** overlayfs' lower directories, nearest first, whichever way they were given. */
    public List<String> overlayLowers() {
        List<String> lowers = new ArrayList<>();
        for (String option : superOptions) {
            if (option.startsWith("lowerdir+=")) {
                lowers.add(unescape(option.substring("lowerdir+=".length())));
            } else if (option.startsWith("lowerdir=")) {
                splitLowers(unescape(option.substring("lowerdir=".length())), lowers);
            }
        }
        return lowers;
    }

    private static void splitLowers(String value, List<String> into) {
        StringBuilder one = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                one.append(value.charAt(++i));
            } else if (c == ':') {
                into.add(one.toString());
                one.setLength(0);
            } else {
                one.append(c);
            }
        }
        into.add(one.toString());
    }

    /** Splits options of a file system at commas; one that a backslash stands before belongs to the option. */
    public static List<String> splitOptions(String field) {
        List<String> options = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= field.length(); i++) {
            if (i == field.length() || field.charAt(i) == ',' && (i == 0 || field.charAt(i - 1) != '\\')) {
                options.add(field.substring(start, i));
                start = i + 1;
            }
        }
        return options;
    }

    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 3 < field.length() && isOctal(field, i + 1)) {
                out.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                out.append(field.charAt(i));
            }
        }
        return out.toString();
    }

    private static boolean isOctal(String text, int at) {
        for (int i = at; i < at + 3; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '7') {
                return false;
            }
        }
        return true;
    }
}
