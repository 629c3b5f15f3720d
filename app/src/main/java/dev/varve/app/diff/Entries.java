package dev.varve.app.diff;

import java.util.Optional;
import java.util.TreeMap;

import dev.varve.app.tree.OneMount;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.domain.path.EntryPath;
import dev.varve.domain.tree.Attributes;
import dev.varve.domain.tree.FileStat;
import dev.varve.domain.tree.Xattrs;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;

/** What the comparisons need to know of the entries of a directory. */
final class Entries {
    private Entries() {}

    /**
     * All entries by name, in order; one that vanishes meanwhile is left out.
     *
     * @param path  of the directory in its tree
     * @param mount that the tree is on
     * @throws dev.varve.domain.error.WrongStateException if something is mounted on an entry
     */
    static TreeMap<EntryName, FileStat> of(Directory directory, EntryPath path, OneMount mount) throws VarveException {
        TreeMap<EntryName, FileStat> entries = new TreeMap<>();
        for (EntryName name : directory.list()) {
            Optional<FileStat> stat = directory.find(name);
            if (stat.isPresent()) {
                mount.require(path, name, stat.get());
                entries.put(name, stat.get());
            }
        }
        return entries;
    }

    /** The extended attributes that belong to a layer. */
    static Xattrs layerXattrs(Directory parent, EntryName name) throws VarveException {
        return parent.xattrs(name).only(XattrPolicy::belongsToLayer);
    }

    /** The attributes of a root. */
    static Attributes ofRoot(Directory root) throws VarveException {
        return root.stat().attributes(root.xattrs().only(XattrPolicy::belongsToLayer));
    }

    /** Tells the visitor of a root that differs from the one below. */
    static void compareRoots(Directory root, Attributes below, boolean base, ChangeVisitor visitor)
            throws VarveException {
        Attributes now = ofRoot(root);
        if (!now.equals(below)) {
            boolean timeOnly = now.mode() == below.mode() && now.uid() == below.uid() && now.gid() == below.gid()
                    && now.xattrs().equals(below.xattrs());
            visitor.root(root, !timeOnly && !base);
        }
    }
}
