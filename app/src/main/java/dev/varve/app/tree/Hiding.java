package dev.varve.app.tree;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.OciWhiteout;
import dev.varve.ports.syscall.Directory;

/**
 * Carries out the whiteouts of an archive upon a delta, so that the result is the same in whichever order they and the
 * entries come. The way to what a whiteout hides is that through the trees below: where these have a symbolic link, and
 * the archive puts nothing else in its place, it is followed. Whether it does is known at the end of the archive only,
 * and so is then what such a whiteout hides. A link, or any other file, that the archive has by itself leads nowhere.
 */
final class Hiding {
    /** Of the names that are kept until the end, together. */
    private static final long MAX_KEPT = 64 << 20;
    private static final int KEPT_BESIDES = 200;
    private final DirectoryStack stack;
    private final Marks marks;
    private final UnionView lower;
    private final ParentResolver parents;
    private final Skeleton skeleton;
    /** Whiteouts to be carried out at the end. */
    private final Map<EntryPath, OciWhiteout> kept = new LinkedHashMap<>();
    private long keptBytes;

    Hiding(DirectoryStack stack, Marks marks, UnionView lower, ParentResolver parents, Skeleton skeleton) {
        this.stack = stack;
        this.marks = marks;
        this.lower = lower;
        this.parents = parents;
        this.skeleton = skeleton;
    }

    /** @param entry that the whiteout was read from */
    void hide(EntryPath entry, OciWhiteout whiteout) throws VarveException {
        ParentResolver.Resolved way = parents.ofWhiteout(directory(whiteout));
        if (way.fixed()) {
            hide(whiteout, way);
        } else if (kept.putIfAbsent(entry, whiteout) == null) {
            keptBytes += 2L * entry.toBytes().length + KEPT_BESIDES;
            if (keptBytes > MAX_KEPT) {
                throw new BadDataException("too many whiteouts behind symbolic links or files, such as " + entry,
                        "name the directories themselves");
            }
        }
    }

    /** Carries out what had to wait for the end of the archive. */
    void finish() throws VarveException {
        Map<OciWhiteout, ParentResolver.Resolved> ways = new LinkedHashMap<>();
        for (OciWhiteout whiteout : kept.values()) {
            ways.put(whiteout, parents.ofWhiteout(directory(whiteout))); // all, before one can change another's
        }
        for (Map.Entry<OciWhiteout, ParentResolver.Resolved> whiteout : ways.entrySet()) {
            hide(whiteout.getKey(), whiteout.getValue());
        }
    }

    private static EntryPath directory(OciWhiteout whiteout) {
        return switch (whiteout) {
            case OciWhiteout.Removed removed -> removed.path().parent();
            case OciWhiteout.Opaque opaque -> opaque.directory();
            case OciWhiteout.AufsMetadata metadata -> throw new IllegalArgumentException("hides nothing");
        };
    }

    private void hide(OciWhiteout whiteout, ParentResolver.Resolved way) throws VarveException {
        if (!way.exists()) {
            return;
        }
        if (whiteout instanceof OciWhiteout.Removed removed) {
            hide(way.path().child(removed.path().name()));
        } else {
            hideAllIn(way.path());
        }
    }

    private void hide(EntryPath path) throws VarveException {
        Optional<UnionView.Found> below = parents.visible(path);
        if (below.isEmpty()) {
            return;
        }
        parents.hid(path, below.get().stat());
        Optional<FileStat> own = parents.own(path);
        if (own.isPresent() && own.get().isDirectory()) {
            parents.hidLinkUnseen(path);
            if (!skeleton.hide(path)) {
                return;
            }
        } else if (own.isPresent()) {
            if (!skeleton.forgetCopied(path)) {
                parents.hidUnseen(path);
                return;
            }
            stack.enter(path.parent()).directory().remove(path.name());
        }
        skeleton.materialize(path.parent());
        marks.putWhiteout(stack.enter(path.parent()).directory(), path.name());
    }

    private void hideAllIn(EntryPath path) throws VarveException {
        if (path.isRoot()) {
            // overlayfs knows no opaque root: each name is hidden by itself
            for (EntryName name : lower.list(EntryPath.ROOT)) {
                hide(EntryPath.ROOT.child(name));
            }
            return;
        }
        Optional<UnionView.Found> below = parents.visible(path);
        if (below.isPresent()) {
            skeleton.materialize(path);
            skeleton.hideAllIn(path);
            parents.hid(path, below.get().stat());
        }
    }
}
