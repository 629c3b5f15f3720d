package dev.varve.app.tree;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;

/**
 * Finds where the directories that an archive names really are, in a delta and the trees below it taken together:
 * symbolic links on the way are followed as if the root of the layer were {@code /}, and {@code ..} in them is the parent
 * of what was reached, as in path_resolution(7).
 */
final class ParentResolver {
    private static final int MAX_LINKS = 40;
    /** Of one way, those that links bring with them included; so that no archive can make ways that take seconds. */
    private static final int MAX_PARTS = 4096;
    private static final int REMEMBERED = 4096;
    private static final int MAX_UNSEEN = 100_000;
    private final DirectoryStack stack;
    private final Marks marks;
    private final UnionView lower;
    private final Map<EntryPath, EntryPath> resolved = new HashMap<>();
    /** The links that led to what is in {@link #resolved}. */
    private final Set<EntryPath> followed = new HashSet<>();
    private final Set<EntryPath> known = new HashSet<>();
    /** Directories and links of the trees below that are hidden, though what the delta has there does not say so. */
    private final Set<EntryPath> hiddenUnseen = new HashSet<>();

    ParentResolver(DirectoryStack stack, Marks marks, UnionView lower) {
        this.stack = stack;
        this.marks = marks;
        this.lower = lower;
    }

    /** Which symbolic links lead on. */
    private enum Links {
        ALL,
        /** Those that the trees below have and no whiteout hides, though the delta may have them once more. */
        OF_LOWER
    }

    /**
     * Where a way leads.
     *
     * @param exists  whether the delta or a tree below has the directory; else the missing parts keep their names
     * @param fixed   whether that can be told before the archive ends: no symbolic link was followed, and the delta has no
     *                other file on the way, which a later entry could replace by a directory
     * @param problem why there can be no such directory, or null
     */
    record Resolved(EntryPath path, boolean exists, boolean fixed, @Nullable String problem) {}

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

    /** The directory at the path, and all beneath it, are not what they were. */
    void forget(EntryPath path) {
        known.removeIf(p -> p.isWithin(path));
        forgetWays();
    }

    private void forgetWays() {
        resolved.clear();
        followed.clear();
    }

    /** There is something new at the path, which the delta did not have. */
    void made(EntryPath path) {
        if (followed.contains(path)) {
            forgetWays();
        }
    }

    /** What the trees below have at the path is not seen any more. */
    void hid(EntryPath path, FileStat below) {
        if (below.type() == FileType.SYMLINK) {
            made(path);
        } else if (below.isDirectory() && followed.stream().anyMatch(p -> p.isWithin(path))) {
            forgetWays();
        }
    }

    /** What hides the path is not to be seen in the delta, which has something else there. It hides all the same. */
    void hidUnseen(EntryPath path) throws VarveException {
        Step below = below(path);
        if (below.target == null && !below.directory || !hiddenUnseen.add(path)) {
            return;
        }
        if (hiddenUnseen.size() > MAX_UNSEEN) {
            throw new BadDataException("too many entries that the archive hides and replaces, such as " + path,
                    "leave out the whiteouts: an entry hides what is below by itself");
        }
    }

    /** The same of what is a link below: a directory that is opaque says nothing of that. */
    void hidLinkUnseen(EntryPath path) throws VarveException {
        if (below(path).target != null) {
            hidUnseen(path);
        }
    }

    boolean isDirectoryBelow(EntryPath path) throws VarveException {
        return below(path).directory;
    }

    /** Whether {@link #hidUnseen} was told of the path. */
    boolean isHiddenUnseen(EntryPath path) {
        return hiddenUnseen.contains(path);
    }

    /** The directory that an entry goes into; its missing parts keep their names. */
    EntryPath resolve(EntryPath directory) throws VarveException {
        EntryPath cached = resolved.get(directory);
        if (cached == null) {
            if (resolved.size() >= REMEMBERED || followed.size() >= REMEMBERED) {
                forgetWays();
            }
            Resolved way = walk(directory, Links.ALL);
            if (way.problem != null) {
                throw new BadDataException(way.problem + " on the way to " + directory,
                        "the archive's symbolic links are damaged");
            }
            cached = way.path;
            resolved.put(directory, cached);
        }
        return cached;
    }

    /** The directory itself, if the delta or a tree below has it. */
    Optional<EntryPath> existing(EntryPath directory) throws VarveException {
        Resolved way = walk(directory, Links.ALL);
        return way.exists ? Optional.of(way.path) : Optional.empty();
    }

    /** Where the directory of a whiteout is: a link that only the delta has leads to nothing that is below. */
    Resolved ofWhiteout(EntryPath directory) throws VarveException {
        return walk(directory, Links.OF_LOWER);
    }

    /** What a step finds: a link's target, or whether there is a directory, and whether the delta has it. */
    private record Step(byte @Nullable [] target, boolean directory, boolean own) {
        static final Step NOTHING = new Step(null, false, false);
        /** The delta has a file there that leads nowhere. */
        static final Step BLOCKED = new Step(null, false, true);
    }

    private Resolved walk(EntryPath directory, Links links) throws VarveException {
        Deque<Optional<EntryName>> rest = new ArrayDeque<>();
        directory.names().forEach(name -> rest.add(Optional.of(name)));
        EntryPath at = EntryPath.ROOT;
        boolean exists = true;
        boolean own = true;
        int linked = 0;
        boolean fixed = true;
        for (int parts = 0; !rest.isEmpty(); parts++) {
            if (parts > MAX_PARTS) {
                return new Resolved(at, false, false,
                        "symbolic links that lead through more than " + MAX_PARTS + " directories");
            }
            Optional<EntryName> part = rest.pop();
            if (part.isEmpty()) {
                if (!exists) {
                    return new Resolved(at, false, false, "a symbolic link that leads through what is no directory");
                }
                at = at.isRoot() ? at : at.parent(); // the parent of the root is the root, as in a chroot(2)
                own = enterOwn(at) != null;
                continue;
            }
            EntryPath next = at.child(part.get());
            Step step = isKnown(next) ? new Step(null, true, true) : exists ? step(at, own, next, links) : Step.NOTHING;
            byte[] target = step.target;
            if (target == null) {
                at = next;
                exists = step.directory;
                own = step.own;
                fixed &= step.directory || !step.own;
            } else if (++linked > MAX_LINKS) {
                return new Resolved(at, false, false, "too many symbolic links");
            } else {
                fixed = false;
                if (links == Links.ALL) {
                    followed.add(next);
                }
                if (target.length > 0 && target[0] == '/') {
                    at = EntryPath.ROOT;
                    own = true;
                }
                push(target, rest);
            }
        }
        return new Resolved(at, exists, fixed, null);
    }

    /** @param own whether the delta has the directory at {@code at}; else a tree below shows it */
    private Step step(EntryPath at, boolean own, EntryPath next, Links links) throws VarveException {
        if (own) {
            DirectoryStack.Level level = stack.enter(at);
            Directory parent = level.directory();
            Optional<FileStat> stat = parent.find(next.name());
            if (stat.isPresent()) {
                if (stat.get().isDirectory()) {
                    know(next);
                    return new Step(null, true, true);
                }
                if (marks.isWhiteout(parent, next.name(), stat.get())) {
                    return Step.NOTHING;
                }
                if (stat.get().type() != FileType.SYMLINK) {
                    return Step.BLOCKED;
                }
                byte[] target = parent.readLink(next.name());
                boolean leads = links == Links.ALL
                        || !level.lowerHidden() && !isHiddenUnseen(next) && Arrays.equals(target, below(next).target);
                return leads ? new Step(target, false, false) : Step.BLOCKED;
            }
            if (level.lowerHidden()) {
                return Step.NOTHING;
            }
        }
        return below(next);
    }

    private Step below(EntryPath path) throws VarveException {
        Optional<UnionView.Found> found = lower.find(path);
        if (found.isEmpty()) {
            return Step.NOTHING;
        }
        return found.get().stat().type() == FileType.SYMLINK
                ? new Step(found.get().parent().readLink(found.get().name()), false, false)
                : new Step(null, found.get().stat().isDirectory(), false);
    }

    /** Puts the parts of a link's target before the rest of the way; {@code ..} is an empty one. */
    private static void push(byte[] target, Deque<Optional<EntryName>> rest) {
        int end = target.length;
        for (int i = target.length - 1; i >= -1; i--) {
            if (i >= 0 && target[i] != '/') {
                continue;
            }
            int begin = i + 1;
            int n = end - begin;
            if (n == 2 && target[begin] == '.' && target[begin + 1] == '.') {
                rest.push(Optional.empty());
            } else if (n > 0 && !(n == 1 && target[begin] == '.')) {
                rest.push(Optional.of(EntryName.ofRange(target, begin, end)));
            }
            end = i;
        }
    }

    /** What the delta has at the path, which leads through real directories; a mark is an entry too. */
    Optional<FileStat> own(EntryPath path) throws VarveException {
        Directory at = enterOwn(path.parent());
        return at == null ? Optional.empty() : at.find(path.name());
    }

    private @Nullable Directory enterOwn(EntryPath path) throws VarveException {
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
