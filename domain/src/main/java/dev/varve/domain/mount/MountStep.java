package dev.varve.domain.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** One call, or one sequence that belongs together, on the way to a mount. */
public sealed interface MountStep {
    /**
     * mount(2) with a string of data.
     *
     * @param type    the file system's name
     * @param source  what {@code /proc/mounts} shows as the source
     * @param base    the directory that relative paths in {@code data} begin at
     * @param data    the options, at most one page less a byte: mount(2) cuts longer ones off without an error
     */
    record LegacyMount(String type, String source, Path base, String data, Set<MountFlag> flags) implements MountStep {
        public LegacyMount {
            flags = Set.copyOf(flags);
        }
    }

    /** fsopen(2), one fsconfig(2) per parameter in this order, fsmount(2), move_mount(2). */
    record ContextMount(String type, String source, List<Parameter> parameters,
            Set<MountFlag> flags) implements MountStep {
        public ContextMount {
            parameters = List.copyOf(parameters);
            flags = Set.copyOf(flags);
        }
    }

    /** A bind mount of a directory, through open_tree(2) and mount_setattr(2). */
    record Bind(Path source, Set<MountFlag> flags) implements MountStep {
        public Bind {
            flags = Set.copyOf(flags);
        }
    }

    /** A parameter of fsconfig(2). */
    sealed interface Parameter {
        /** The key alone. */
        record Flag(String key) implements Parameter {}

        /** A string of at most 255 bytes: the kernel takes no longer one. */
        record Text(String key, String value) implements Parameter {}

        /** A directory, handed over as a file descriptor: nothing to escape, no limit on its path. */
        record Directory(String key, Path path) implements Parameter {}
    }
}
