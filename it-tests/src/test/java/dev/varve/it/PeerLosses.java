package dev.varve.it;

import dev.varve.domain.tree.FileType;
import dev.varve.testkit.tree.TreeListing;

/** What peers are known to lose when they apply a layer, seen with the versions of Debian 12. */
final class PeerLosses {
    private PeerLosses() {}

    /** umoci 0.4.7 gives the root directory attributes of its own, and drops extended attributes with an empty value. */
    static TreeListing ofUmoci(TreeListing tree) {
        return tree.withoutRoot().withoutEmptyXattrs();
    }

    /**
     * containers-storage 1.43 gives the root directory attributes of its own, sets times before 1970 to 1970 (but those of
     * symbolic links), and drops extended attributes with an empty value.
     */
    static TreeListing ofContainersStorage(TreeListing tree) {
        return tree.withoutRoot().withNoTimeBefore1970().withoutEmptyXattrs();
    }

    /** containerd 1.6 gives the root directory attributes of its own, and other directories the time of the last change in them. */
    static TreeListing ofContainerd(TreeListing tree) {
        return tree.withoutRoot().withoutTimesOf(FileType.DIRECTORY);
    }
}
