package dev.varve.domain.whiteout;

/** How a directory that holds a delta writes that something below it is hidden. */
public sealed interface WhiteoutFormat {
    /**
     * overlayfs' own: a character device 0:0 or, where it may not be made, an empty file with the attribute
     * {@code overlay.whiteout} in a directory marked {@code overlay.opaque=x}; {@code overlay.opaque=y} for an opaque
     * directory (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories").
     */
    record Overlay(XattrNamespace namespace, Form form) implements WhiteoutFormat {
        /** The name of one of overlayfs' attributes in this namespace. */
        public String xattr(String name) {
            return namespace.prefix() + name;
        }
    }

    /** Which way overlayfs keeps a whiteout; both are read, one is written. */
    enum Form {
        DEVICE, XATTR
    }

    /** Where overlayfs keeps its attributes: {@code user.} when it is mounted with {@code userxattr}. */
    enum XattrNamespace {
        TRUSTED("trusted.overlay."), USER("user.overlay.");

        private final String prefix;

        XattrNamespace(String prefix) {
            this.prefix = prefix;
        }

        public String prefix() {
            return prefix;
        }
    }
}
