package dev.varve.domain.whiteout;

/** Which extended attributes belong to a layer, and which only to the host or the file system that holds it. */
public final class XattrPolicy {
    private XattrPolicy() {}

    /**
     * Whether an attribute of an archive entry may be set on a file. overlayfs' own may not: they would turn the entry
     * into a whiteout, an opaque directory or a redirect. SELinux' and NFS' labels belong to a host.
     */
    public static boolean belongsToLayer(String name) {
        return !name.startsWith("trusted.overlay.") && !name.startsWith("user.overlay.")
                && !name.equals("security.selinux") && !name.equals("system.nfs4_acl")
                && !name.equals("system.nfs4_dacl") && !name.equals("system.nfs4_sacl");
    }

    /** Whether an attribute may be set only with privilege (xattr(7): {@code trusted} and {@code security}). */
    public static boolean needsPrivilege(String name) {
        return name.startsWith("trusted.") || name.startsWith("security.");
    }
}
