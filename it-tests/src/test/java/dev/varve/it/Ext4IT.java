package dev.varve.it;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores on ext4. */
@Tag("kernel")
class Ext4IT extends FileSystemSuites {
    @RegisterExtension
    static final LoopFileSystem FILE_SYSTEM = LoopFileSystem.of("ext4", "-q");

    Ext4IT() {
        super(FILE_SYSTEM);
    }
}
