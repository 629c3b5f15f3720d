package dev.varve.testkit.fake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.varve.domain.path.EntryName;
import dev.varve.domain.tree.FileType;

/**
 * A disk with one file system, and what the kernel holds of it in memory. All access is under its monitor. Each change
 * of a name is noted until the directory is synced, so that a loss of power can undo it.
 */
final class MemoryDisk {
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    private static final long TICK = 1000;
    private final List<Pending> pending = new ArrayList<>();
    private long inodes = 1;
    private long changes;
    private long pids = 100;
    final MemoryNode root;
    boolean readOnly;
    boolean full;
    boolean cloning = true;

    MemoryDisk() {
        root = new MemoryNode(inodes++, FileType.DIRECTORY, 0755, BEGINNING);
        root.names = 1;
    }

    /** Each change is a microsecond after the one before. */
    Instant now() {
        return BEGINNING.plusNanos(TICK * changes++);
    }

    long newPid() {
        return pids++;
    }

    MemoryNode newNode(FileType type, int mode) {
        return new MemoryNode(inodes++, type, mode, now());
    }

    /** Gives the node a name that is free. */
    void enter(MemoryNode directory, EntryName name, MemoryNode node) {
        directory.entries.put(name, node);
        node.names++;
        if (node.isDirectory()) {
            node.parent = directory;
        }
        changed(directory, name, node);
    }

    /** Takes the name away. */
    void leave(MemoryNode directory, EntryName name) {
        MemoryNode node = directory.entries.remove(name);
        if (node != null) {
            node.names--;
            if (node.isDirectory()) {
                node.parent = null;
            }
        }
        changed(directory, name, null);
    }

    /** Moves an entry in the place of one that may be there. Never, not even on the disk, are both names without a file. */
    void move(MemoryNode from, EntryName name, MemoryNode to, EntryName newName) {
        MemoryNode replaced = to.entries.get(newName);
        if (replaced != null) {
            replaced.names--;
            replaced.parent = null;
        }
        MemoryNode moved = Objects.requireNonNull(from.entries.get(name));
        enter(to, newName, moved);
        leave(from, name);
        if (moved.isDirectory()) {
            moved.parent = to;
        }
    }

    private void changed(MemoryNode directory, EntryName name, @Nullable MemoryNode node) {
        directory.modified = now();
        pending.add(new Pending(directory, name, node));
    }

    void syncNames(MemoryNode directory) {
        pending.removeIf(change -> {
            if (change.directory == directory) {
                change.applyTo(directory.durableEntries);
                return true;
            }
            return false;
        });
    }

    void syncAll() {
        pending.forEach(change -> change.applyTo(change.directory.durableEntries));
        pending.clear();
        syncContents(root);
    }

    private static void syncContents(MemoryNode node) {
        node.durableContent = node.content.copy();
        node.entries.values().forEach(MemoryDisk::syncContents);
    }

    /** The disk as it is found after the power failed now, when nothing that was not synced had reached it. */
    MemoryDisk afterPowerLoss() {
        return rebuilt(0, node -> false);
    }

    /** As the other, but some changes of names, in their order, and some contents had reached it without a sync. */
    MemoryDisk afterPowerLoss(long seed) {
        Random random = new Random(seed);
        Map<MemoryNode, Boolean> kept = new IdentityHashMap<>();
        return rebuilt(random.nextInt(pending.size() + 1),
                node -> kept.computeIfAbsent(node, n -> random.nextBoolean()));
    }

    private MemoryDisk rebuilt(int namesKept, Predicate<MemoryNode> keepContent) {
        Map<MemoryNode, Map<EntryName, MemoryNode>> found = new IdentityHashMap<>();
        for (Pending change : pending.subList(0, namesKept)) {
            change.applyTo(found.computeIfAbsent(change.directory, d -> new HashMap<>(d.durableEntries)));
        }
        MemoryDisk disk = new MemoryDisk();
        disk.inodes = inodes;
        disk.changes = changes;
        disk.readOnly = readOnly;
        disk.full = full;
        disk.cloning = cloning;
        disk.copyEntries(root, disk.root, found, keepContent, new IdentityHashMap<>());
        disk.syncAll();
        return disk;
    }

    private void copyEntries(MemoryNode from, MemoryNode to, Map<MemoryNode, Map<EntryName, MemoryNode>> found,
            Predicate<MemoryNode> keepContent, Map<MemoryNode, MemoryNode> copies) {
        found.getOrDefault(from, from.durableEntries).forEach((name, node) -> {
            MemoryNode copy = copies.get(node);
            if (copy != null && node.isDirectory()) {
                // Moved, and only the new place was synced: a file system that keeps order has it in one of the two.
                return;
            }
            if (copy == null) {
                copy = node.afterPowerLoss(keepContent.test(node));
                copies.put(node, copy);
                copyEntries(node, copy, found, keepContent, copies);
            }
            enter(to, name, copy);
        });
        to.modified = from.modified;
    }

    /** A change of a name that is not on the disk yet. */
    private record Pending(MemoryNode directory, EntryName name, @Nullable MemoryNode node) {
        void applyTo(Map<EntryName, MemoryNode> entries) {
            if (node == null) {
                entries.remove(name);
            } else {
                entries.put(name, node);
            }
        }
    }
}
