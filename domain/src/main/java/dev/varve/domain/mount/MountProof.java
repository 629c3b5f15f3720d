package dev.varve.domain.mount;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the mount table must show once a plan was carried out. */
public sealed interface MountProof {
    /** What is wrong with the mount, or empty if it is the one that was planned. */
    Optional<String> contradiction(MountInfo found);

    /**
     * An overlay of exactly these layers.
     *
     * @param lowers nearest first, spelled as the plan gave them to the kernel
     */
    record Overlay(List<String> lowers, Optional<Path> upper) implements MountProof {
        public Overlay {
            lowers = List.copyOf(lowers);
        }

        @Override
        public Optional<String> contradiction(MountInfo found) {
            if (!found.type().equals("overlay")) {
                return Optional.of("an overlay was planned, but " + found.type() + " is mounted");
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
            return Optional.empty();
        }
    }

    /** A bind mount: any mount whose attributes are the planned ones. */
    record Bound(boolean readOnly) implements MountProof {
        @Override
        public Optional<String> contradiction(MountInfo found) {
            return readOnly && !found.readOnly() ? Optional.of("a read-only mount was planned, but it is writable")
                    : Optional.empty();
        }
    }
}
