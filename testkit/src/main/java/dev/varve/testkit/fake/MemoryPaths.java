package dev.varve.testkit.fake;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;

/** Walking a path with symbolic links resolved, and a directory as the root that no link and no {@code ..} leaves. */
final class MemoryPaths {
    private static final int MOST_LINKS = 40;

    private MemoryPaths() {}

    /** The directory at the path; where something is mounted on one, what is mounted. */
    static Found resolve(MemoryMounts.Table mounts, MemoryMounts.Seen root, byte[] path) {
        Deque<byte[]> ahead = new ArrayDeque<>();
        prepend(path, ahead);
        Deque<MemoryMounts.Seen> behind = new ArrayDeque<>();
        behind.push(root);
        int links = 0;
        while (!ahead.isEmpty()) {
            byte[] part = ahead.pop();
            if (part.length == 0 || part.length == 1 && part[0] == '.') {
                continue;
            }
            if (part.length == 2 && part[0] == '.' && part[1] == '.') {
                if (behind.size() > 1) {
                    behind.pop();
                }
                continue;
            }
            MemoryNode next = behind.element().node().entries.get(EntryName.of(part));
            if (next == null) {
                return new Found(null, Errno.ENOENT);
            }
            if (next.type == FileType.SYMLINK) {
                if (++links > MOST_LINKS) {
                    return new Found(null, Errno.ELOOP);
                }
                if (next.target[0] == '/') {
                    behind.clear();
                    behind.push(root);
                }
                prepend(next.target, ahead);
            } else if (next.isDirectory()) {
                behind.push(mounts.seen(next, behind.element()));
            } else {
                return new Found(null, Errno.ENOTDIR);
            }
        }
        return new Found(behind.element(), Errno.ENOENT);
    }

    private static void prepend(byte[] path, Deque<byte[]> parts) {
        int end = path.length;
        for (int i = path.length - 1; i >= -1; i--) {
            if (i < 0 || path[i] == '/') {
                parts.push(Arrays.copyOfRange(path, i + 1, end));
                end = i;
            }
        }
    }

    /** A directory, or why there is none. */
    record Found(MemoryMounts.@Nullable Seen directory, Errno errno) {
        MemoryMounts.Seen orElseThrow(Function<Errno, SyscallFailedException> failure) throws SyscallFailedException {
            if (directory == null) {
                throw failure.apply(errno);
            }
            return directory;
        }
    }
}
