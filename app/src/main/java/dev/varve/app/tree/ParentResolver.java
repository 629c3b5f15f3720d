package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;

/**
 * Finds where the directories that an archive names really are, in a delta and the trees below it taken together:
 * symbolic links on the way are followed as if the root of the layer were {@code /}.
 */
final class ParentResolver {
    private static final int MAX_LINKS = 40;
    private static final int REMEMBERED = 4096;
    private final DirectoryStack stack;
    private final Marks marks;
    private final UnionView lower;
    private final Map<EntryPath, EntryPath> resolved = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<EntryPath, EntryPath> eldest) {
            return size() > REMEMBERED;
        }
    };
    private final Set<EntryPath> known = new HashSet<>();

    ParentResolver(DirectoryStack stack, Marks marks, UnionView lower) {
        this.stack = stack;
        this.marks = marks;
        this.lower = lower;
    }

    /** Whether the delta is known to have this directory. */
    boolean isKnown(EntryPath directory) {
        return directory.isRoot() || known.contains(directory);
    }

    void know(EntryPath directory) {
        if (known.size() >= REMEMBERED) {
            known.clear();
        }
        known.add(directory);
    }

    /** The path and all beneath it are not what they were. */
    void forget(EntryPath path) {
        known.removeIf(p -> p.isWithin(path));
        resolved.clear();
    }

    /** The directory itself; its missing parts keep their names. */
    EntryPath resolve(EntryPath directory) throws VarveException {
        EntryPath cached = resolved.get(directory);
        if (cached == null) {
            cached = walk(directory).path;
            resolved.put(directory, cached);
        }
        return cached;
    }

    /** The directory itself, if the delta or a tree below has it. */
    Optional<EntryPath> existing(EntryPath directory) throws VarveException {
        Walked walked = walk(directory);
        return walked.exists ? Optional.of(walked.path) : Optional.empty();
    }

    private record Walked(EntryPath path, boolean exists) {}

    private Walked walk(EntryPath directory) throws VarveException {
        Deque<EntryName> rest = new ArrayDeque<>(directory.names());
        EntryPath at = EntryPath.ROOT;
        boolean exists = true;
        int links = 0;
        while (!rest.isEmpty()) {
            EntryPath next = at.child(rest.pop());
            if (isKnown(next)) {
                at = next;
                continue;
            }
            Optional<byte[]> target = Optional.empty();
            Optional<FileStat> own = exists ? own(next) : Optional.empty();
            if (own.isPresent()) {
                if (own.get().type() == FileType.SYMLINK && !isWhiteout(next, own.get())) {
                    target = Optional.of(stack.enter(at).directory().readLink(next.name()));
                } else {
                    exists = own.get().isDirectory();
                }
            } else if (exists) {
                Optional<UnionView.Found> found = visible(next);
                if (found.isPresent() && found.get().stat().type() == FileType.SYMLINK) {
                    target = Optional.of(found.get().parent().readLink(found.get().name()));
                } else {
                    exists = found.isPresent() && found.get().stat().isDirectory();
                }
            }
            if (target.isEmpty()) {
                at = next;
            } else if (++links > MAX_LINKS) {
                throw new BadDataException("too many symbolic links on the way to " + directory,
                        "the archive's links lead in a circle");
            } else {
                at = follow(target.get(), at, rest);
            }
        }
        return new Walked(at, exists);
    }

    /** Puts the parts of the link's target before the rest of the way; returns where they begin. */
    private static EntryPath follow(byte[] target, EntryPath from, Deque<EntryName> rest) throws UnsafePathException {
        EntryPath start = target.length > 0 && target[0] == '/' ? EntryPath.ROOT : from;
        Deque<EntryName> parts = new ArrayDeque<>(start.names());
        int begin = 0;
        for (int i = 0; i <= target.length; i++) {
            if (i < target.length && target[i] != '/') {
                continue;
            }
            int n = i - begin;
            if (n == 2 && target[begin] == '.' && target[begin + 1] == '.') {
                parts.pollLast(); // the parent of the root is the root, as in a chroot(2)
            } else if (n > 0 && !(n == 1 && target[begin] == '.')) {
                parts.addLast(EntryName.ofRange(target, begin, i));
            }
            begin = i + 1;
        }
        List<EntryName> whole = List.copyOf(parts);
        for (EntryName part : whole.reversed()) {
            rest.push(part);
        }
        return EntryPath.ROOT;
    }

    /** What the delta has at the path, which leads through real directories; a mark is an entry too. */
    Optional<FileStat> own(EntryPath path) throws VarveException {
        Directory at = enterOwn(path.parent());
        return at == null ? Optional.empty() : at.find(path.name());
    }

    private @org.jspecify.annotations.Nullable Directory enterOwn(EntryPath path) throws VarveException {
        if (isKnown(path)) {
            return stack.enter(path).directory();
        }
        Directory parent = enterOwn(path.parent());
        if (parent == null || FileCopier.directoryAt(parent, path.name()).isEmpty()) {
            return null;
        }
        know(path);
        return stack.enter(path).directory();
    }

    boolean isWhiteout(EntryPath path, FileStat stat) throws VarveException {
        Directory parent = enterOwn(path.parent());
        return parent != null && marks.isWhiteout(parent, path.name(), stat);
    }

    /** What the trees below show at the path: nothing where the delta has an opaque directory or a mark on the way. */
    Optional<UnionView.Found> visible(EntryPath path) throws VarveException {
        return hidden(path.parent()) ? Optional.empty() : lower.find(path);
    }

    private boolean hidden(EntryPath directory) throws VarveException {
        if (directory.isRoot()) {
            return false;
        }
        if (enterOwn(directory) != null) {
            return stack.enter(directory).lowerHidden();
        }
        Optional<FileStat> own = own(directory);
        return own.isPresent() || hidden(directory.parent());
    }
}
