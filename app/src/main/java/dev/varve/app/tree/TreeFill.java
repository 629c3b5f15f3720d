package dev.varve.app.tree;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;

/**
 * Fills a delta up with what the full tree below it has and it does not hide; the delta's marks go, and it is a full tree
 * then. An empty delta becomes a copy. Hard links among the files that are copied stay links.
 */
public final class TreeFill {
    private record InodeKey(long device, long inode) {}

    private final Directory lowerRoot;
    private final Marks marks;
    private final AttributeWriter attributes;
    private final FileCopier copier;
    private final Map<InodeKey, EntryPath> copied = new HashMap<>();
    private final DirectoryStack stack;

    /** @param root of the delta, which this fill closes; @param lowerRoot stays open */
    public TreeFill(Directory root, Marks marks, Directory lowerRoot, HostFacts host, Omissions omissions)
            throws VarveException {
        this.lowerRoot = lowerRoot;
        this.marks = marks;
        this.attributes = new AttributeWriter(host, omissions);
        this.copier = new FileCopier(attributes);
        this.stack = new DirectoryStack(root, new NoMarks());
        attributes.beneath(root.stat().attributes(root.xattrs()));
    }

    /** Fills the whole tree, and gives its directories back the times that they had. */
    public void run() throws VarveException {
        try (stack) {
            fill(EntryPath.ROOT, lowerRoot);
        }
    }

    private void fill(EntryPath path, Directory lower) throws VarveException {
        Directory own = stack.enter(path).directory();
        boolean opaque = marks.isOpaque(own);
        Set<EntryName> taken = clearMarks(path, own, opaque ? null : lower);
        if (opaque) {
            return;
        }
        for (EntryName name : lower.list()) {
            Optional<FileStat> stat = lower.find(name);
            if (stat.isEmpty()) {
                continue;
            }
            EntryPath child = path.child(name);
            if (!stat.get().isDirectory()) {
                if (!taken.contains(name)) {
                    copy(lower, name, stat.get(), child);
                }
            } else if (!taken.contains(name)) {
                try (Directory inner = lower.open(name)) {
                    copyDirectory(inner, stat.get(), child);
                    fill(child, inner);
                }
            } else if (FileCopier.directoryAt(stack.enter(path).directory(), name).isPresent()) {
                try (Directory inner = lower.open(name)) {
                    fill(child, inner);
                }
            }
        }
    }

    /**
     * Takes the marks out of the directory, and out of those beneath it that the walk will not come to because the lower
     * tree does not show them; returns the names that the directory has or hides.
     */
    private Set<EntryName> clearMarks(EntryPath path, Directory own, @Nullable Directory lower) throws VarveException {
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
            if (marks.isWhiteout(at, name, stat.get())) {
                at.remove(name);
            } else if (stat.get().isDirectory() && (lower == null || FileCopier.directoryAt(lower, name).isEmpty())) {
                clearMarks(path.child(name), stack.enter(path.child(name)).directory(), null);
                at = stack.enter(path).directory();
            }
        }
        return taken;
    }

    private void copyDirectory(Directory lower, FileStat stat, EntryPath path) throws VarveException {
        Attributes wanted = stat.attributes(lower.xattrs().only(XattrPolicy::belongsToLayer));
        stack.enter(path.parent()).directory().makeDirectory(path.name(), 0700);
        DirectoryStack.Level level = stack.enter(path);
        attributes.ofDirectory(level.directory(), path, wanted);
        if ((wanted.mode() & 0700) != 0700) {
            level.directory().setMode(wanted.mode() | 0700);
        }
        level.leaveWith(wanted.mode(), wanted.modified());
    }

    private void copy(Directory lower, EntryName name, FileStat stat, EntryPath path) throws VarveException {
        InodeKey key = new InodeKey(stat.device(), stat.inode());
        EntryPath first = stat.links() > 1 ? copied.get(key) : null;
        if (first != null) {
            try (Directory root = stack.root().resolve(EntryPath.ROOT);
                    DirectoryHandles handles = new DirectoryHandles(root)) {
                Directory existing = handles.beneath(first.parent());
                stack.enter(path.parent()).directory().link(existing, first.name(), name);
            }
            return;
        }
        Attributes wanted = FileCopier.attributesOf(lower, name, stat);
        boolean made = copier.copy(lower, name, stat, wanted, stack.enter(path.parent()).directory(), name, path);
        if (made && stat.links() > 1) {
            copied.put(key, path);
        }
    }
}
