package dev.varve.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores on tmpfs. */
@Tag("kernel")
class TmpfsIT extends FileSystemSuites {
    @RegisterExtension
    static final LoopFileSystem FILE_SYSTEM = LoopFileSystem.tmpfs();

    TmpfsIT() {
        super(FILE_SYSTEM);
    }
}
