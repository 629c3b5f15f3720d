package dev.varve.testkit.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;

/** Thinks of edits that can be carried out in a tree as it stands. The same seed and trees give the same edits. */
public final class EditGenerator {
    private static final int MOST_ENTRIES = 60;
    private static final int DEEPEST = 5;
    private final Random random;
    private final RandomValues values;
    private final Rights rights;

    /** @param marks whether files may have names that an OCI layer cannot hold: those that begin with {@code .wh.} */
    public EditGenerator(long seed, Rights rights, boolean marks) {
        this.random = new Random(seed);
        this.rights = rights;
        this.values = new RandomValues(random, rights, marks);
    }

    private record Entry(EntryPath path, FileStat stat, Xattrs xattrs) {
        boolean is(FileType type) {
            return stat.type() == type;
        }
    }

    /** A number in the range, both ends in it. */
    public int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** One that makes something new, as long as the tree is small: for a tree to begin with. */
    public Edit nextOfMaking(Directory root) throws VarveException {
        return next(root, 70);
    }

    /** One of any kind. */
    public Edit next(Directory root) throws VarveException {
        return next(root, 30);
    }

    private Edit next(Directory root, int makingPercent) throws VarveException {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(EntryPath.ROOT, root.stat(), root.xattrs()));
        collect(root, EntryPath.ROOT, entries);
        while (true) {
            boolean making = random.nextInt(100) < makingPercent && entries.size() < MOST_ENTRIES;
            Optional<? extends Edit> edit = making ? making(entries) : changing(entries);
            if (edit.isPresent()) {
                return edit.get();
            }
        }
    }

    private static void collect(Directory directory, EntryPath path, List<Entry> entries) throws VarveException {
        for (EntryName name : directory.list()) {
            FileStat stat = directory.find(name).orElseThrow();
            entries.add(new Entry(path.child(name), stat, directory.xattrs(name)));
            if (stat.isDirectory()) {
                try (Directory inner = directory.open(name)) {
                    collect(inner, path.child(name), entries);
                }
            }
        }
    }

    private Optional<? extends Edit> making(List<Entry> entries) {
        Optional<EntryPath> free = free(entries);
        if (free.isEmpty()) {
            return Optional.empty();
        }
        EntryPath path = free.get();
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> Optional.of(new Edit.MakeFile(path, values.mode(), values.content()));
            case 3, 4, 5 -> Optional.of(new Edit.MakeDirectory(path, values.directoryMode()));
            case 6 -> Optional.of(new Edit.MakeSymlink(path, values.target()));
            case 7 -> {
                FileType type = values.nodeType();
                boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
                yield Optional.of(new Edit.MakeNode(path, type, values.mode(), device ? values.deviceNumber() : 0,
                        device ? values.deviceNumber() : 0));
            }
            default -> any(entries, e -> !e.stat().isDirectory()).map(e -> new Edit.Link(path, e.path()));
        };
    }

    private Optional<? extends Edit> changing(List<Entry> entries) {
        Predicate<Entry> regular = e -> e.is(FileType.REGULAR);
        Predicate<Entry> any = e -> true;
        Predicate<Entry> notRoot = e -> !e.path().isRoot();
        return switch (random.nextInt(20)) {
            case 0, 1 -> any(entries, regular).map(
                    e -> new Edit.Write(e.path(), values.offset(e.stat().size()), Blob.random(random, between(1, 50))));
            case 2 -> any(entries, regular)
                    .map(e -> new Edit.Write(e.path(), e.stat().size(), Blob.random(random, between(1, 5000))));
            case 3 -> any(entries, regular).map(e -> new Edit.SetSize(e.path(), values.offset(e.stat().size())));
            case 4 -> any(entries, regular).map(e -> new Edit.Replace(e.path(), values.mode(), values.content()));
            case 5, 6 -> any(entries, e -> !e.is(FileType.SYMLINK)).map(
                    e -> new Edit.SetMode(e.path(), e.stat().isDirectory() ? values.directoryMode() : values.mode()));
            case 7, 8 -> rights.privileged()
                    ? any(entries, any).map(e -> new Edit.SetOwner(e.path(), values.owner(), values.owner()))
                    : Optional.empty();
            case 9 -> any(entries, any).map(e -> new Edit.SetTime(e.path(), values.time()));
            case 10, 11, 12 -> any(entries, e -> rights.privileged() || !e.is(FileType.SYMLINK))
                    .map(e -> values.xattr(e.path(), e.stat().type()));
            case 13 -> any(entries, e -> removable(e).isPresent())
                    .map(e -> new Edit.RemoveXattr(e.path(), removable(e).orElseThrow()));
            case 14, 15 -> any(entries, notRoot).map(e -> new Edit.Remove(e.path()));
            case 16, 17, 18 -> any(entries, notRoot).flatMap(
                    e -> free(entries).filter(p -> !p.isWithin(e.path())).map(p -> new Edit.Move(e.path(), p)));
            default -> any(entries, e -> notRoot.test(e) && !e.stat().isDirectory())
                    .flatMap(e -> any(entries, t -> !t.stat().isDirectory() && !t.stat().sameInode(e.stat()))
                            .map(t -> new Edit.Move(e.path(), t.path())));
        };
    }

    private static Optional<String> removable(Entry entry) {
        return entry.xattrs().names().stream().filter(XattrPolicy::belongsToLayer).findFirst();
    }

    private Optional<Entry> any(List<Entry> entries, Predicate<Entry> fit) {
        List<Entry> fitting = entries.stream().filter(fit).toList();
        return fitting.isEmpty() ? Optional.empty() : Optional.of(fitting.get(random.nextInt(fitting.size())));
    }

    /** A path that nothing has, in a directory that is there. */
    private Optional<EntryPath> free(List<Entry> entries) {
        return any(entries, e -> e.is(FileType.DIRECTORY) && e.path().names().size() < DEEPEST)
                .map(e -> e.path().child(values.name()))
                .filter(p -> entries.stream().noneMatch(e -> e.path().equals(p)));
    }
}
