package dev.varve.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A fresh file system of some type for all tests of a class: in a file by a loop device, or in memory. */
final class LoopFileSystem implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {
    private static final long SIZE = 1L << 30; // of a file with holes; xfs wants 300 MB
    private final String type;
    private final List<String> make;
    private Path directory = Path.of("");
    private boolean mounted;

    private LoopFileSystem(String type, List<String> make) {
        this.type = type;
        this.make = make;
    }

    static LoopFileSystem tmpfs() {
        return new LoopFileSystem("tmpfs", List.of());
    }

    /** @param options of its mkfs */
    static LoopFileSystem of(String type, String... options) {
        Command mkfs = Command.of("mkfs." + type).with(options);
        return new LoopFileSystem(type, mkfs.words());
    }

    /** Where it is mounted. */
    Path root() {
        return directory.resolve("mounted");
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (!Drivers.isRoot()) {
            return ConditionEvaluationResult.disabled("mounting a file system of type " + type + " needs root");
        }
        return make.isEmpty() || Command.exists(make.getFirst()) ? ConditionEvaluationResult.enabled("it can be made")
                : ConditionEvaluationResult.disabled(make.getFirst() + " is not installed");
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (mounted) {
            return; // for the class around this one
        }
        directory = Drivers.freshDirectory();
        Files.createDirectory(root());
        Command mount = Command.of("mount", "-t", type, "-o");
        if (make.isEmpty()) {
            mount = mount.with("size=" + SIZE, "varve-test");
        } else {
            Path image = directory.resolve("image");
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(SIZE);
            }
            new Command(make, java.util.Map.of(), new byte[0]).with(image.toString()).succeeds();
            mount = mount.with("loop", image.toString());
        }
        Command.Result result = mount.with(root().toString()).run();
        mounted = result.code() == 0;
        if (!mounted) {
            Drivers.delete(directory);
        }
        Assumptions.assumeFalse(result.errors().contains("unknown filesystem type"), "this kernel has no " + type);
        result.endsWith(0);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (mounted && context.getParent().flatMap(ExtensionContext::getTestClass).isEmpty()) {
            Command.of("umount", root().toString()).succeeds(); // which frees the loop device
            mounted = false;
            Drivers.delete(directory);
        }
    }
}
