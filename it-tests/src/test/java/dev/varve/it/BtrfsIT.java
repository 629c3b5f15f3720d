package dev.varve.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores on btrfs. */
@Tag("kernel")
class BtrfsIT extends ReflinkSuites {
    @RegisterExtension
    static final LoopFileSystem FILE_SYSTEM = LoopFileSystem.of("btrfs", "-q");

    BtrfsIT() {
        super(FILE_SYSTEM);
    }
}
