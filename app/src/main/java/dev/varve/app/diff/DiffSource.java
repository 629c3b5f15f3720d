package dev.varve.app.diff;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

import dev.varve.app.framing.FramingReplay.Replayed;
import dev.varve.app.tree.UnionView;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerTree;
import dev.varve.ports.syscall.Directory;

/** The trees of layers, for those who compare them. */
public interface DiffSource {
    Optional<LayerId> parentOf(LayerId id) throws VarveException;

    LayerTree tree(LayerId id) throws VarveException;

    /** Whether the kernel wrote the layer's tree, through a mount, and not this program. */
    boolean isWrittenByKernel(LayerId id) throws VarveException;

    /**
     * Writes the archive that the layer was applied from, byte for byte.
     *
     * @return empty if nothing was written, because the layer was not applied or what gives the archive back was not kept
     * @throws dev.varve.domain.error.BadDataException if the layer's files are not what they were
     */
    Optional<Replayed> replay(LayerId id, OutputStream out) throws IOException;

    Directory open(Path directory) throws VarveException;

    /** What lies below the layer, as one view. */
    UnionView below(LayerId id) throws VarveException;

    /** Keeps the layer from being removed, and makes sure that it is complete. */
    AutoCloseableHold hold(LayerId id) throws VarveException;

    /** The layer's whole file system, as a directory. */
    MountedTree mounted(LayerId id) throws VarveException;

    /** Something to give back, which cannot fail. */
    interface AutoCloseableHold extends AutoCloseable {
        @Override
        void close();
    }

    /** A directory that is there until this is closed. */
    record MountedTree(Path root, Release release) implements AutoCloseable {
        /** How it is given back. */
        public interface Release {
            void run() throws VarveException;
        }

        @Override
        public void close() throws VarveException {
            release.run();
        }
    }
}
