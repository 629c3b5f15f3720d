package dev.varve.app.framing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.OpenFile;

/**
 * The files of a layer that hold the contents of its archive: in the layer's tree, or set aside where a later entry of
 * the archive took their place. One is open at a time, and the directories that lead to it. For one thread.
 */
final class Contents implements AutoCloseable {
    /** A path that was set aside, with all beneath it, when so many contents had been stored. */
    record Moved(EntryPath path, long ordinal, long number) {}

    private record Level(EntryPath path, Directory directory) {}

    private final LayerId layer;
    private final Directory tree;
    private final @Nullable Directory replaced;
    private final Map<EntryPath, List<Moved>> moves;
    /** Open directories beneath the tree, the innermost first. */
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable OpenFile current;
    private EntryPath path = EntryPath.ROOT;

    /** @param place of the layer; both stay open */
    Contents(LayerId layer, Directory place, Directory tree) throws VarveException {
        this.layer = layer;
        this.tree = tree;
        if (place.find(FramingFormat.REPLACED).isPresent()) {
            this.moves = moves(place);
            this.replaced = place.open(FramingFormat.REPLACED);
        } else {
            this.moves = Map.of();
            this.replaced = null;
        }
    }

    private static Map<EntryPath, List<Moved>> moves(Directory place) throws VarveException {
        Map<EntryPath, List<Moved>> moves = new HashMap<>();
        long opened = 0;
        long number = 0;
        try (FramingSteps steps = new FramingSteps(place)) {
            for (steps.next(); steps.kind() != FramingFormat.END; steps.next()) {
                switch (steps.kind()) {
                    case FramingFormat.OPEN -> {
                        steps.path();
                        opened++;
                    }
                    case FramingFormat.MOVED -> {
                        EntryPath path = steps.path();
                        moves.computeIfAbsent(path, p -> new ArrayList<>()).add(new Moved(path, opened, number++));
                    }
                    case FramingFormat.LITERAL -> steps.skip();
                    default -> { /* nothing to be read */ }
                }
            }
        }
        return moves;
    }

    /** Opens the content that was stored at the path. @param ordinal how many were stored before it */
    void open(EntryPath stored, long ordinal) throws VarveException {
        closeCurrent();
        path = stored;
        try {
            Moved moved = firstMove(stored, ordinal);
            current = moved == null ? directory(stored.parent()).read(stored.name()) : openMoved(moved, stored);
        } catch (SyscallFailedException e) {
            if (e.errno().equals(Errno.ENOENT) || e.errno().equals(Errno.ENOTDIR) || e.errno().equals(Errno.ELOOP)
                    || e.errno().equals(Errno.EISDIR)) {
                BadDataException bad = FramingReplay.changed(layer, stored + " is missing");
                bad.initCause(e);
                throw bad;
            }
            throw e;
        }
    }

    OpenFile current() throws BadDataException {
        if (current == null) {
            throw FramingSteps.damaged("it copies from no file", null);
        }
        return current;
    }

    BadDataException shorter() {
        return FramingReplay.changed(layer, path + " is shorter than it was");
    }

    /** The first time that the path, or a directory on the way to it, was set aside after the content was stored. */
    private @Nullable Moved firstMove(EntryPath stored, long ordinal) {
        Moved first = null;
        for (EntryPath at = stored; !moves.isEmpty() && !at.isRoot(); at = at.parent()) {
            Moved moved = firstAfter(moves.getOrDefault(at, List.of()), ordinal);
            if (moved != null && (first == null || moved.number < first.number)) {
                first = moved;
            }
        }
        return first;
    }

    /** @param moves of one path, in the order of time: ordinals never fall. Searched in halves, as they may be many */
    static @Nullable Moved firstAfter(List<Moved> moves, long ordinal) {
        int from = 0;
        int to = moves.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (moves.get(middle).ordinal > ordinal) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from < moves.size() ? moves.get(from) : null;
    }

    private OpenFile openMoved(Moved moved, EntryPath stored) throws VarveException {
        if (replaced == null) {
            throw new IllegalStateException("nothing was set aside");
        }
        List<EntryName> rest = stored.names().subList(moved.path.names().size(), stored.names().size());
        EntryName name = EntryName.of(Long.toString(moved.number));
        List<Directory> way = new ArrayList<>();
        try {
            Directory at = replaced;
            for (EntryName next : rest) {
                at = at.open(name);
                way.add(at);
                name = next;
            }
            return at.read(name);
        } finally {
            way.reversed().forEach(Directory::close);
        }
    }

    private Directory directory(EntryPath wanted) throws VarveException {
        while (!levels.isEmpty() && !wanted.isWithin(levels.element().path)) {
            levels.pop().directory.close();
        }
        List<EntryName> names = wanted.names();
        for (EntryName name : names.subList(levels.size(), names.size())) {
            Level above = levels.peek();
            Directory directory = above == null ? tree.open(name) : above.directory.open(name);
            levels.push(new Level(above == null ? EntryPath.ROOT.child(name) : above.path.child(name), directory));
        }
        Level innermost = levels.peek();
        return innermost == null ? tree : innermost.directory;
    }

    private void closeCurrent() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    @Override
    public void close() {
        closeCurrent();
        levels.forEach(l -> l.directory.close());
        levels.clear();
        if (replaced != null) {
            replaced.close();
        }
    }
}
