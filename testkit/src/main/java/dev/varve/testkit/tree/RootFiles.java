package dev.varve.testkit.tree;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.FileType;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.Inode;
import dev.varve.ports.syscall.OpenFile;

/**
 * The files of a root file system by their paths, in few words, for tests: through the syscall port, and so on a real
 * kernel as on one in memory. Paths are relative to the root and have no symbolic links on the way out of it.
 */
public final class RootFiles implements AutoCloseable {
    private final Directory root;

    /** @param root is closed with this */
    public RootFiles(Directory root) {
        this.root = root;
    }

    /** Makes the file, or writes over it where it lies. */
    public void write(String path, String text) throws VarveException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Directory parent = parent(path)) {
            EntryName name = name(path);
            try (OpenFile file = parent.find(name).isPresent() ? parent.write(name) : parent.create(name, 0644)) {
                file.setSize(0);
                file.write(0, bytes, 0, bytes.length);
            }
        }
    }

    /** The content of a regular file, as UTF-8. */
    public String read(String path) throws VarveException {
        try (Directory parent = parent(path)) {
            return read(parent, name(path));
        }
    }

    private static String read(Directory parent, EntryName name) throws VarveException {
        try (OpenFile file = parent.read(name)) {
            byte[] content = new byte[Math.toIntExact(file.stat().size())];
            for (int n = 0; n < content.length;) {
                n += file.read(n, content, n, content.length - n);
            }
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    public void makeDirectory(String path) throws VarveException {
        try (Directory parent = parent(path)) {
            parent.makeDirectory(name(path), 0755);
        }
    }

    /** Makes a socket that nobody listens on. */
    public void makeSocket(String path) throws VarveException {
        try (Directory parent = parent(path)) {
            parent.makeNode(name(path), FileType.SOCKET, 0644, 0, 0);
        }
    }

    /** Gives a file one more name. */
    public void link(String existing, String path) throws VarveException {
        try (Directory from = parent(existing); Directory parent = parent(path)) {
            parent.link(from, name(existing), name(path));
        }
    }

    /** Removes an entry, a directory with all that is in it. */
    public void remove(String path) throws VarveException {
        try (Directory parent = parent(path)) {
            remove(parent, name(path));
        }
    }

    private static void remove(Directory parent, EntryName name) throws VarveException {
        if (!stat(parent, name).isDirectory()) {
            parent.remove(name);
            return;
        }
        try (Directory directory = parent.open(name)) {
            for (EntryName inner : directory.list()) {
                remove(directory, inner);
            }
        }
        parent.removeDirectory(name);
    }

    public void setModified(String path, Instant time) throws VarveException {
        try (Directory parent = parent(path); Inode inode = parent.inode(name(path))) {
            inode.setModified(time);
        }
    }

    /** What the root directory itself is. */
    public FileStat stat() throws VarveException {
        return root.stat();
    }

    /** What the entry is, which is there. */
    public FileStat stat(String path) throws VarveException {
        try (Directory parent = parent(path)) {
            return stat(parent, name(path));
        }
    }

    private static FileStat stat(Directory parent, EntryName name) throws VarveException {
        return parent.find(name).orElseThrow(() -> new AssertionError("there is no " + name));
    }

    /** All beneath the root by path: content of a file, {@code dir}, {@code -> target}, or {@code special}. */
    public Map<String, String> all() throws VarveException {
        Map<String, String> found = new TreeMap<>();
        collect(root, "", found);
        return found;
    }

    private static void collect(Directory directory, String prefix, Map<String, String> found) throws VarveException {
        for (EntryName name : directory.list()) {
            String path = prefix + name;
            switch (stat(directory, name).type()) {
                case REGULAR -> found.put(path, read(directory, name));
                case SYMLINK -> found.put(path, "-> " + new String(directory.readLink(name), StandardCharsets.UTF_8));
                case DIRECTORY -> {
                    found.put(path, "dir");
                    try (Directory inner = directory.open(name)) {
                        collect(inner, path + "/", found);
                    }
                }
                default -> found.put(path, "special");
            }
        }
    }

    /** The paths of all beneath the root, whatever they are; one that vanishes meanwhile may be left out. */
    public Set<String> paths() throws VarveException {
        Set<String> found = new TreeSet<>();
        collectPaths(root, "", found);
        return found;
    }

    private static void collectPaths(Directory directory, String prefix, Set<String> found) throws VarveException {
        for (EntryName name : directory.list()) {
            found.add(prefix + name);
            if (directory.find(name).map(FileStat::isDirectory).orElse(false)) {
                try (Directory inner = directory.open(name)) {
                    collectPaths(inner, prefix + name + "/", found);
                }
            }
        }
    }

    private Directory parent(String path) throws VarveException {
        return root.resolve(EntryPath.of(path).parent());
    }

    private static EntryName name(String path) {
        return EntryPath.of(path).name();
    }

    @Override
    public void close() {
        root.close();
    }
}
