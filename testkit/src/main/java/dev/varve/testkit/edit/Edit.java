package dev.varve.testkit.edit;

import java.time.Instant;

import dev.varve.domain.path.EntryPath;
import dev.varve.domain.path.Names;
import dev.varve.domain.tree.FileType;

/**
 * One thing that somebody does to a tree. What it needs is there: the parent of each path is a directory, and no symbolic
 * link lies on the way.
 */
public sealed interface Edit {
    /** What it is done to. */
    EntryPath path();

    record MakeFile(EntryPath path, int mode, Blob content) implements Edit {}

    record MakeDirectory(EntryPath path, int mode) implements Edit {}

    record MakeSymlink(EntryPath path, Blob target) implements Edit {
        @Override
        public String toString() {
            return "MakeSymlink[path=" + path + ", target=" + Names.printable(target.bytes()) + "]";
        }
    }

    /** Makes a device, a fifo or a socket. */
    record MakeNode(EntryPath path, FileType type, int mode, int major, int minor) implements Edit {}

    /** Gives {@code existing}, which is no directory, the name {@code path} too. */
    record Link(EntryPath path, EntryPath existing) implements Edit {}

    /** Writes into a regular file, where it lies; it grows if it has to, by a hole if the offset is beyond its end. */
    record Write(EntryPath path, long offset, Blob data) implements Edit {}

    /** Cuts a regular file, or lets it grow by a hole. */
    record SetSize(EntryPath path, long size) implements Edit {}

    /** Writes a new file beside this one and renames it over this one, as careful programs do. */
    record Replace(EntryPath path, int mode, Blob content) implements Edit {}

    record SetMode(EntryPath path, int mode) implements Edit {
        @Override
        public String toString() {
            return "SetMode[path=" + path + ", mode=0" + Integer.toOctalString(mode) + "]";
        }
    }

    record SetOwner(EntryPath path, long uid, long gid) implements Edit {}

    record SetTime(EntryPath path, Instant time) implements Edit {}

    record SetXattr(EntryPath path, String name, Blob value) implements Edit {}

    record RemoveXattr(EntryPath path, String name) implements Edit {}

    /** Removes an entry, with all that is beneath it. */
    record Remove(EntryPath path) implements Edit {}

    /** Moves an entry, with all that is beneath it, to a name that is free or has a file that is replaced. */
    record Move(EntryPath path, EntryPath to) implements Edit {}
}
