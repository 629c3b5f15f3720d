package dev.varve.app.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.Usage;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.whiteout.WhiteoutFormat;
import dev.varve.ports.archive.ArchiveLimits;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.archive.LayerReader;
import dev.varve.ports.driver.LayerDriver.Filling;
import dev.varve.ports.in.LayerStore.Omission;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.MountRight;
import dev.varve.ports.syscall.OpenFile;
import dev.varve.testkit.fake.MemorySyscalls;

/** Layers upon one another on a disk in memory, written from archives as both kinds of drivers keep them. */
final class DeltaFixture {
    private static final Archives ARCHIVES = ServiceLoader.load(Archives.class).findFirst().orElseThrow();
    private static final Path LOWER = Path.of("/lower");
    final MemorySyscalls host;
    private final HostFacts facts;
    private int layers;
    /** What had to be left out of the last layer. */
    List<Omission> omissions = List.of();
    private Optional<Usage> counted = Optional.empty();

    DeltaFixture(MemorySyscalls host, byte[] lower) throws IOException {
        this(host, host.host(), lower);
    }

    private DeltaFixture(MemorySyscalls host, HostFacts facts, byte[] lower) throws IOException {
        this.host = host;
        this.facts = facts;
        host.makeDirectories(LOWER);
        try (UnionView nothing = new UnionView(List.of(), List.of())) {
            write(lower, LOWER, Marks.temporary(), nothing);
        }
    }

    /** As a user who may give his files to nobody else. */
    static DeltaFixture ofOrdinaryUser(int uid, byte[] lower) throws IOException {
        MemorySyscalls host = MemorySyscalls.create(uid, uid);
        HostFacts root = host.host();
        return new DeltaFixture(host,
                new HostFacts(uid, uid, MountRight.NO_CAPABILITY, false, false, true, root.kernelMajor(),
                        root.kernelMinor(), root.kernelRelease(), root.bootId(), root.pid(), root.pageSize(),
                        root.umask()),
                lower);
    }

    private UnionView lower() throws VarveException {
        return new UnionView(List.of(host.directory(LOWER)), List.of(new NoMarks()));
    }

    private void write(byte[] archive, Path root, Marks marks, UnionView below) throws IOException {
        Omissions left = new Omissions();
        try (LayerReader reader = ARCHIVES.reader(new ByteArrayInputStream(archive), ArchiveLimits.DEFAULT);
                DeltaWriter writer = new DeltaWriter(host.directory(root), marks, below, facts, left,
                        ContentKeeper.NONE)) {
            counted = writer.writeAll(reader).usage();
            if (counted.isPresent()) {
                try (Directory tree = host.directory(root)) {
                    assertThat(counted.get()).isEqualTo(TreeUsage.of(tree, marks));
                }
            }
        }
        omissions = left.list();
    }

    /** What the last layer was found to take while it was written. */
    Optional<Usage> counted() {
        return counted;
    }

    private Path fresh() throws VarveException {
        Path root = Path.of("/upper" + layers++);
        host.makeDirectories(root);
        return root;
    }

    /** The root of the last layer, which the caller closes. */
    Directory last() throws VarveException {
        return host.directory(Path.of("/upper" + (layers - 1)));
    }

    /** The archive upon the lower layer, as a full tree. */
    Map<String, String> full(byte[] archive) throws IOException {
        Path root = fresh();
        Marks marks = Marks.temporary();
        try (UnionView below = lower()) {
            write(archive, root, marks, below);
        }
        Omissions left = new Omissions();
        try (UnionView below = lower()) {
            new TreeFill(host.directory(root), marks, below, Filling.COPY, facts, left).run();
        }
        return listed(new UnionView(List.of(host.directory(root)), List.of(new NoMarks())));
    }

    /** The same, as a delta with overlayfs' marks of this form, seen as one with the lower layer. */
    Map<String, String> delta(byte[] archive, WhiteoutFormat.Form form) throws IOException {
        Path root = fresh();
        Marks marks = new OverlayMarks(new WhiteoutFormat.Overlay(WhiteoutFormat.XattrNamespace.TRUSTED, form));
        try (UnionView below = lower()) {
            write(archive, root, marks, below);
        }
        try (UnionView below = lower(); Directory directory = host.directory(root)) {
            requireMeaning(directory, EntryPath.ROOT, marks, below, false);
        }
        return listed(
                new UnionView(List.of(host.directory(root), host.directory(LOWER)), List.of(marks, new NoMarks())));
    }

    /** Fails for a whiteout that hides nothing: in a directory that is not merged, the kernel would list it. */
    private static void requireMeaning(Directory directory, EntryPath path, Marks marks, UnionView below,
            boolean covered) throws VarveException {
        for (EntryName name : directory.list()) {
            FileStat stat = directory.find(name).orElseThrow();
            if (marks.isWhiteout(directory, name, stat)) {
                assertThat(covered).as("%s is a whiteout where nothing is below", path.child(name)).isFalse();
                assertThat(below.find(path.child(name))).as("below the whiteout %s", path.child(name)).isPresent();
            } else if (stat.isDirectory()) {
                try (Directory inner = directory.open(name)) {
                    requireMeaning(inner, path.child(name), marks, below, covered || marks.isOpaque(inner));
                }
            }
        }
    }

    private Map<String, String> listed(UnionView view) throws VarveException {
        Map<String, String> tree = new TreeMap<>();
        try (view) {
            list(view, EntryPath.ROOT, tree);
        }
        assertThat(host.openHandles()).isZero();
        return tree;
    }

    private static void list(UnionView view, EntryPath path, Map<String, String> tree) throws VarveException {
        for (EntryName name : view.list(path)) {
            EntryPath child = path.child(name);
            UnionView.Found found = view.find(child).orElseThrow();
            String key = child.toString().substring(1);
            switch (found.stat().type()) {
                case DIRECTORY -> {
                    tree.put(key, "dir " + Integer.toOctalString(found.stat().mode()));
                    list(view, child, tree);
                }
                case SYMLINK -> tree.put(key,
                        "-> " + new String(found.parent().readLink(found.name()), StandardCharsets.UTF_8));
                case REGULAR -> tree.put(key, content(found));
                default -> tree.put(key, found.stat().type().toString());
            }
        }
    }

    private static String content(UnionView.Found found) throws VarveException {
        try (OpenFile file = found.parent().read(found.name())) {
            byte[] bytes = new byte[(int) found.stat().size()];
            int n = 0;
            while (n < bytes.length) {
                n += file.read(n, bytes, n, bytes.length - n);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
