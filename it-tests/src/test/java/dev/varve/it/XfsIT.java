package dev.varve.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores on xfs. */
@Tag("kernel")
class XfsIT extends ReflinkSuites {
    @RegisterExtension
    static final LoopFileSystem FILE_SYSTEM = LoopFileSystem.of("xfs", "-q", "-m", "reflink=1");

    XfsIT() {
        super(FILE_SYSTEM);
    }
}
