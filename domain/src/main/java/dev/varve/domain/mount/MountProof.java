package dev.varve.domain.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the mount table must show once a plan was carried out. */
public sealed interface MountProof {
    /** What is wrong with the mount, or empty if it is the one that was planned. */
    Optional<String> contradiction(MountInfo found);

    /**
     * An overlay of exactly these layers.
     *
     * @param source  what is shown as the source of the mount
     * @param lowers  nearest first, spelled as the plan gave them to the kernel
     * @param options what must be shown besides, of the mount or of the file system
     */
    record Overlay(String source, List<String> lowers, Optional<Path> upper,
            Set<String> options) implements MountProof {
        public Overlay {
            lowers = List.copyOf(lowers);
            options = Set.copyOf(options);
        }

        /** A mount that says no more of itself than whose it is. */
        public Overlay(List<String> lowers, Optional<Path> upper) {
            this("varve", lowers, upper, Set.of());
        }

        @Override
        public Optional<String> contradiction(MountInfo found) {
            if (!found.type().equals("overlay")) {
                return Optional.of("an overlay was planned, but " + found.type() + " is mounted");
            }
            if (!found.source().equals(source)) {
                return Optional
                        .of("the mount is one of \"" + found.source() + "\", planned was one of \"" + source + '"');
            }
            List<String> mounted = found.overlayLowers();
            if (!mounted.equals(lowers)) {
                return Optional.of(mounted.size() == lowers.size()
                        ? "the lower directories that are mounted are not those that were planned"
                        : lowers.size() + " lower directories were planned, " + mounted.size() + " are mounted");
            }
            boolean hasUpper = found.option("upperdir").isPresent();
            if (hasUpper != upper.isPresent()) {
                return Optional.of(hasUpper ? "the mount is writable, planned was a read-only one"
                        : "the mount has no upper directory, planned was a writable one");
            }
            return missing(options, found);
        }
    }

    /**
     * A bind mount: any mount whose attributes are the planned ones.
     *
     * @param mapped  whether other owners are shown than the files have
     * @param options what must be shown besides
     */
    record Bound(boolean readOnly, boolean mapped, Set<String> options) implements MountProof {
        public Bound {
            options = Set.copyOf(options);
        }

        public Bound(boolean readOnly) {
            this(readOnly, false, Set.of());
        }

        @Override
        public Optional<String> contradiction(MountInfo found) {
            if (readOnly && !found.readOnly()) {
                return Optional.of("a read-only mount was planned, but it is writable");
            }
            if (found.idMapped() != mapped) {
                return Optional.of(mapped ? "the mount shows the owners as they are, planned was to map them"
                        : "the mount maps the owners, which was not planned");
            }
            return missing(options, found);
        }
    }

    private static Optional<String> missing(Set<String> options, MountInfo found) {
        return options.stream()
                .sorted()
                .filter(o -> !found.mountOptions().contains(o) && !found.superOptions().contains(o))
                .findFirst()
                .map(o -> "the mount is without the option " + o + ", which was planned");
    }

    /** A bind mount that keeps what is mounted beneath it to this mount namespace. */
    record Private() implements MountProof {
        @Override
        public Optional<String> contradiction(MountInfo found) {
            return found.shared() ? Optional.of("a private mount was planned, but it is a shared one")
                    : Optional.empty();
        }
    }
}
