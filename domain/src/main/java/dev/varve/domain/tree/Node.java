package dev.varve.domain.tree;

import java.util.Arrays;

import dev.varve.domain.path.Names;

/** What an entry of a tree is, apart from its name and attributes. A sealed set: the types of inode(7). */
public sealed interface Node {
    /** The type of file. */
    FileType type();

    /** @param size the length in bytes, holes included */
    record RegularFile(long size) implements Node {
        public RegularFile {
            if (size < 0) {
                throw new IllegalArgumentException("negative size: " + size);
            }
        }

        @Override
        public FileType type() {
            return FileType.REGULAR;
        }
    }

    record Directory() implements Node {
        @Override
        public FileType type() {
            return FileType.DIRECTORY;
        }
    }

    /** A symbolic link; its target is bytes that are never followed outside the root of the layer. */
    final class Symlink implements Node {
        private final byte[] target;

        public Symlink(byte[] target) {
            this.target = target.clone();
        }

        /** A copy of the target. */
        public byte[] target() {
            return target.clone();
        }

        @Override
        public FileType type() {
            return FileType.SYMLINK;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Symlink link && Arrays.equals(target, link.target);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(target);
        }

        @Override
        public String toString() {
            return "Symlink[" + Names.printable(target) + "]";
        }
    }

    /** @param type a character or a block device */
    record Device(FileType type, int major, int minor) implements Node {
        public Device {
            if (type != FileType.CHARACTER_DEVICE && type != FileType.BLOCK_DEVICE) {
                throw new IllegalArgumentException("not a device: " + type);
            }
        }
    }

    record Fifo() implements Node {
        @Override
        public FileType type() {
            return FileType.FIFO;
        }
    }

    /** A socket's name; a tar cannot hold one, so a diff reports it as left out. */
    record Socket() implements Node {
        @Override
        public FileType type() {
            return FileType.SOCKET;
        }
    }
}
