package dev.varve.testkit.edit;

import java.util.Set;
import java.util.TreeSet;

import dev.varve.domain.error.VarveException;
import dev.varve.domain.whiteout.XattrPolicy;
import dev.varve.ports.syscall.Directory;
import dev.varve.testkit.tree.TreeListing;

/** Listings of what belongs to a layer. */
public final class LayerListing {
    private static final String MARK = "/.wh.";

    private LayerListing() {}

    /** The tree without the extended attributes that belong to the host or to overlayfs. */
    public static TreeListing of(Directory root) throws VarveException {
        return TreeListing.of(root).withoutXattrs((path, name) -> !XattrPolicy.belongsToLayer(name));
    }

    /** The same without what an OCI layer cannot hold: sockets, and names that it reads as whiteouts. */
    public static TreeListing inArchive(TreeListing tree) {
        Set<String> unfit = new TreeSet<>();
        for (String path : tree.paths()) {
            if (path.contains(MARK) || tree.field(path, "type").equals("SOCKET")) {
                unfit.add(path);
            }
        }
        return tree.without(unfit);
    }
}
