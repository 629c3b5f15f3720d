package dev.varve.domain.mount;

import java.nio.file.Path;
import java.util.List;

/**
 * A mount as a value: the steps that make it, in order, and what the kernel must show afterwards. Pure, so that a test
 * can hold it as a golden value and an engine can hand it on.
 */
public record MountPlan(Path target, List<MountStep> steps, MountProof proof) {
    public MountPlan {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a mount plan without steps");
        }
    }
}
