package dev.varve.app.tree;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.varve.domain.error.Errno;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.driver.LayerDriver.Filling;
import dev.varve.ports.in.LayerStore.Filled;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;

/**
 * Fills a delta up with what lies below it and it does not hide; the delta's marks go, and it is a full tree then. An
 * empty delta becomes a copy. Hard links among the files that are copied stay links.
 *
 * <p>
 * Where files are linked and not copied, the inodes are those of the trees below: nothing is written to them, neither
 * content nor attribute. What was in the delta before has inodes of its own.
 */
public final class TreeFill {
    private record InodeKey(long device, long inode) {}

    private final UnionView lower;
    private final Marks marks;
    private final Filling filling;
    private final AttributeWriter attributes;
    private final FileCopier copier;
    private final Map<InodeKey, EntryPath> copied = new HashMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();
    private final DirectoryStack stack;
    private long links;
    private long copies;
    private Usage made = Usage.NONE;

    /** @param root of the delta, which this fill closes; @param lower stays open */
    public TreeFill(Directory root, Marks marks, UnionView lower, Filling filling, HostFacts host, Omissions omissions)
            throws VarveException {
        this.lower = lower;
        this.marks = marks;
        this.filling = filling;
        this.attributes = new AttributeWriter(host, omissions);
        this.copier = new FileCopier(attributes);
        try {
            attributes.beneath(root.stat().attributes(root.xattrs()));
            this.stack = new DirectoryStack(root, new NoMarks(), new Tally());
        } catch (VarveException e) {
            root.close();
            throw e;
        }
    }

    /** Fills the whole tree, and gives its directories back the times that they had. */
    public Filled run() throws VarveException {
        try (stack) {
            fill(EntryPath.ROOT);
        }
        return new Filled(links, copies, refusals, made);
    }

    private void fill(EntryPath path) throws VarveException {
        Directory own = stack.enter(path).directory();
        if (marks.isOpaque(own)) {
            clearMarks(path, own, new TreeMap<>());
            return;
        }
        SortedMap<EntryName, UnionView.Found> below = lower.entries(path);
        Set<EntryName> taken = clearMarks(path, own, below);
        for (Map.Entry<EntryName, UnionView.Found> entry : below.entrySet()) {
            EntryName name = entry.getKey();
            UnionView.Found found = entry.getValue();
            EntryPath child = path.child(name);
            if (!found.stat().isDirectory()) {
                if (!taken.contains(name)) {
                    take(found, child);
                }
            } else if (!taken.contains(name)) {
                makeDirectory(found, child);
                fill(child);
            } else if (FileCopier.directoryAt(stack.enter(path).directory(), name).isPresent()) {
                Directory there = stack.enter(child).directory();
                attributes.beneath(there.stat().attributes(there.xattrs()));
                fill(child);
            }
        }
    }

    /**
     * Takes the marks out of the directory, and out of those beneath it that the walk will not come to because nothing
     * below shows them; returns the names that the directory has or hides.
     */
    private Set<EntryName> clearMarks(EntryPath path, Directory own, SortedMap<EntryName, UnionView.Found> below)
            throws VarveException {
        Set<EntryName> taken = new HashSet<>();
        Directory at = own;
        for (EntryName name : own.list()) {
            Optional<FileStat> stat = at.find(name);
            if (stat.isEmpty()) {
                continue;
            }
            if (marks.isReserved(name)) {
                at.remove(name);
                continue;
            }
            taken.add(name);
            UnionView.Found found = below.get(name);
            if (marks.isWhiteout(at, name, stat.get())) {
                at.remove(name);
            } else if (stat.get().isDirectory() && (found == null || !found.stat().isDirectory())) {
                clearMarks(path.child(name), stack.enter(path.child(name)).directory(), new TreeMap<>());
                at = stack.enter(path).directory();
            }
        }
        return taken;
    }

    private void makeDirectory(UnionView.Found found, EntryPath path) throws VarveException {
        Attributes wanted = found.attributes();
        stack.enter(path.parent()).directory().makeDirectory(path.name(), 0700);
        DirectoryStack.Level level = stack.enter(path);
        attributes.ofDirectory(level.directory(), path, wanted);
        if ((wanted.mode() & 0700) != 0700) {
            level.directory().setMode(wanted.mode() | 0700);
        }
        level.leaveWith(wanted.mode(), wanted.modified());
        made = made.plus(new Usage(0, found.stat().blocks() * 512, 1));
    }

    private void take(UnionView.Found found, EntryPath path) throws VarveException {
        FileStat stat = found.stat();
        InodeKey key = new InodeKey(stat.device(), stat.inode());
        EntryPath first = stat.links() > 1 ? copied.get(key) : null;
        Directory directory = stack.enter(path.parent()).directory();
        if (first != null) {
            try (Directory root = stack.root().resolve(EntryPath.ROOT);
                    DirectoryHandles handles = new DirectoryHandles(root)) {
                directory.link(handles.beneath(first.parent()), first.name(), path.name());
            }
            copies++;
        } else if (filling == Filling.HARD_LINK && link(found, directory, path.name())) {
            links++;
        } else {
            copy(found, directory, path, key);
        }
    }

    /** linkat(2); false where the file cannot have one more name there. */
    private boolean link(UnionView.Found found, Directory directory, EntryName name) throws VarveException {
        try {
            directory.link(found.parent(), found.name(), name);
            return true;
        } catch (SyscallFailedException e) {
            String reason;
            if (e.errno().equals(Errno.EMLINK)) {
                reason = "the file has as many hard links as its file system allows";
            } else if (e.errno().equals(Errno.EXDEV)) {
                reason = "the layer below is on another file system";
            } else if (e.errno().equals(Errno.EPERM)) {
                reason = "the kernel does not allow a hard link to the file (immutable, or of another user)";
            } else {
                throw e;
            }
            refusals.merge(reason, 1L, Long::sum);
            return false;
        }
    }

    private void copy(UnionView.Found found, Directory directory, EntryPath path, InodeKey key) throws VarveException {
        FileStat stat = found.stat();
        if (!copier.copy(found.parent(), found.name(), stat, found.attributes(), directory, path.name(), path)) {
            return;
        }
        copies++;
        made = made.plus(new Usage(stat.type() == FileType.REGULAR ? stat.size() : 0, stat.blocks() * 512, 1));
        if (stat.links() > 1) {
            copied.put(key, path);
        }
    }
}
