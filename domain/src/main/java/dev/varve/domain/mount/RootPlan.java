package dev.varve.domain.mount;

import java.nio.file.Path;

/** How the root file system of a layer comes to be at a path. */
public sealed interface RootPlan {
    /** Where the root file system is to be found. */
    Path path();

    /** A plain directory: nothing is to be mounted. */
    record Directory(Path path) implements RootPlan {}

    /** Something is to be mounted at {@link #path()}. */
    record Mounted(MountPlan plan) implements RootPlan {
        @Override
        public Path path() {
            return plan.target();
        }
    }
}
