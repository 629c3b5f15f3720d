package dev.varve.domain.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.idmap.IdMapping;

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

    /**
     * fsopen(2), one fsconfig(2) per parameter in this order, fsmount(2), move_mount(2).
     *
     * @param mapped how the directories among the parameters are shown to the file system
     */
    record ContextMount(String type, String source, List<Parameter> parameters, Set<MountFlag> flags,
            Optional<Mapped> mapped) implements MountStep {
        public ContextMount {
            parameters = List.copyOf(parameters);
            flags = Set.copyOf(flags);
        }

        public ContextMount(String type, String source, List<Parameter> parameters, Set<MountFlag> flags) {
            this(type, source, parameters, flags, Optional.empty());
        }
    }

    /**
     * Directories are opened in a detached mount of their own of {@code base}, which all of them are beneath, with its ids
     * mapped (mount_setattr(2), MOUNT_ATTR_IDMAP); and the file system does its own work as the mapping's root.
     */
    record Mapped(Path base, IdMapping ids) {}

    /**
     * A bind mount of a directory, through open_tree(2) and mount_setattr(2).
     *
     * @param ids how the owners of its files are shown, if not as they are
     */
    record Bind(Path source, Set<MountFlag> flags, Optional<IdMapping> ids) implements MountStep {
        public Bind {
            flags = Set.copyOf(flags);
        }

        public Bind(Path source, Set<MountFlag> flags) {
            this(source, flags, Optional.empty());
        }
    }

    /**
     * Makes what is mounted at the target by now a private mount: what is mounted beneath it is not seen in other mount
     * namespaces, nor the reverse. mount_setattr(2) with MS_PRIVATE; mount_namespaces(7).
     */
    record MakePrivate() implements MountStep {}

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
