package dev.varve.app.tree;

import java.util.Iterator;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.ports.syscall.Directory;

/**
 * What is in a delta though no entry of its archive names it: directories that lead to something, and files of the trees
 * below that something is linked to. Of this only as much stays as the trees below still show when the archive ends.
 */
final class Skeleton {
    private final DirectoryStack stack;
    private final Marks marks;
    private final ParentResolver parents;
    private final AttributeWriter attributes;
    private final Tally tally;
    /** Directories that no entry has named yet; whether each has the attributes of the one below. */
    private final NavigableMap<EntryPath, Boolean> implicit = new TreeMap<>();
    /** Files that came up from below, each at the path that it has there. */
    private final NavigableSet<EntryPath> copied = new TreeSet<>();

    Skeleton(DirectoryStack stack, Marks marks, ParentResolver parents, AttributeWriter attributes, Tally tally) {
        this.tally = tally;
        this.stack = stack;
        this.marks = marks;
        this.parents = parents;
        this.attributes = attributes;
    }

    /** Makes the directories that lead to the path, and itself, with the attributes that they have below. */
    void materialize(EntryPath path) throws VarveException {
        if (path.isRoot() || parents.isKnown(path)) {
            return;
        }
        materialize(path.parent());
        Optional<FileStat> own = parents.own(path);
        boolean hidden = own.isPresent() && parents.isWhiteout(path, own.get());
        if (own.isEmpty() || hidden) {
            Optional<UnionView.Found> found = hidden ? Optional.empty()
                    : parents.visible(path).filter(f -> f.stat().isDirectory());
            Optional<Attributes> below = found.isPresent() ? Optional.of(found.get().attributes()) : Optional.empty();
            Directory parent = stack.enter(path.parent()).directory();
            if (hidden) {
                parent.remove(path.name());
                parents.hidLinkUnseen(path);
            }
            makeDirectory(parent, path.name(), 0700);
            parents.made(path);
            if (hidden) {
                makeOpaque(path);
            }
            setAttributes(stack.enter(path), below.orElse(Attributes.missingParent()));
            implicit.put(path, below.isPresent());
        } else if (!own.get().isDirectory()) {
            throw new BadDataException(
                    "archive entry beneath " + path + ", which the same archive makes a " + own.get().type(),
                    "the archive is damaged");
        }
        parents.know(path);
    }

    /** Makes a directory, which is part of the tree. */
    void makeDirectory(Directory parent, EntryName name, int mode) throws VarveException {
        parent.makeDirectory(name, mode);
        parent.find(name).ifPresent(tally::made);
    }

    void setAttributes(DirectoryStack.Level level, Attributes wanted) throws VarveException {
        attributes.ofDirectory(level.directory(), level.path(), wanted);
        if ((wanted.mode() & 0700) != 0700) {
            level.directory().setMode(wanted.mode() | 0700);
        }
        level.leaveWith(wanted.mode(), wanted.modified());
    }

    void makeOpaque(EntryPath path) throws VarveException {
        marks.setOpaque(stack.enter(path).directory());
        stack.leave(path); // to be entered afresh, as what hides the trees below
    }

    /** An entry names the directory. */
    void named(EntryPath directory) {
        implicit.remove(directory);
    }

    /** The file at the path came up from below. */
    void copiedUp(EntryPath path) {
        tally.lose();
        copied.add(path);
    }

    /** Whether the file came up from below; if so, it is about to be taken away. */
    boolean forgetCopied(EntryPath path) {
        if (!copied.remove(path)) {
            return false;
        }
        attributes.omissions().forget(path);
        return true;
    }

    /** The path and all beneath it are about to be taken away. */
    void forget(EntryPath path) {
        for (Iterator<EntryPath> at = implicit.tailMap(path).keySet().iterator(); at.hasNext();) {
            if (!at.next().isWithin(path)) {
                break;
            }
            at.remove();
        }
        for (Iterator<EntryPath> at = copied.tailSet(path).iterator(); at.hasNext();) {
            if (!at.next().isWithin(path)) {
                break;
            }
            at.remove();
        }
    }

    /** The trees below do not show this directory of the delta any more. @return whether it is gone with them */
    boolean hide(EntryPath path) throws VarveException {
        if (stack.enter(path).lowerHidden() && !isLikeBelow(path)) {
            return false; // and so was all beneath it already
        }
        if (!hideContent(path) && implicit.containsKey(path)) {
            remove(path);
            return true;
        }
        makeOpaque(path);
        reset(path);
        return false;
    }

    /** The trees below do not show any more what is in this directory of the delta. */
    void hideAllIn(EntryPath path) throws VarveException {
        if (!stack.enter(path).lowerHidden()) {
            hideContent(path);
            makeOpaque(path);
        }
    }

    /**
     * Takes out of the directory what is there because of the trees below alone. Whiteouts are among this: in an opaque
     * directory the kernel would list them, though they hide nothing.
     *
     * @return whether something is left
     */
    private boolean hideContent(EntryPath path) throws VarveException {
        boolean left = false;
        for (var name : stack.enter(path).directory().list()) {
            Directory directory = stack.enter(path).directory();
            EntryPath child = path.child(name);
            Optional<FileStat> stat = directory.find(name);
            if (stat.isEmpty() || marks.isReserved(name)) {
                continue;
            }
            if (!stat.get().isDirectory()) {
                if (copied.remove(child) || marks.isWhiteout(directory, name, stat.get())) {
                    directory.remove(name);
                    attributes.omissions().forget(child);
                } else {
                    left = true;
                }
                continue;
            }
            boolean opaque = stack.enter(child).lowerHidden();
            if (opaque && !isLikeBelow(child) || hideContent(child) || !implicit.containsKey(child)) {
                left = true;
                reset(child);
            } else {
                remove(child);
            }
        }
        return left;
    }

    /** Whether no entry names the directory, and it has the attributes of the one below. */
    private boolean isLikeBelow(EntryPath path) {
        return implicit.getOrDefault(path, false);
    }

    /** A directory that no entry names has nothing to be like any more. */
    private void reset(EntryPath path) throws VarveException {
        if (isLikeBelow(path)) {
            setAttributes(stack.enter(path), Attributes.missingParent());
            implicit.put(path, false);
        }
    }

    /** Removes a directory that holds nothing but what marks it. */
    private void remove(EntryPath path) throws VarveException {
        tally.lose();
        Directory directory = stack.enter(path).directory();
        for (var name : directory.list()) {
            directory.remove(name);
        }
        stack.leave(path);
        implicit.remove(path);
        parents.forget(path);
        attributes.omissions().forgetWithin(path);
        stack.enter(path.parent()).directory().removeDirectory(path.name());
    }
}
