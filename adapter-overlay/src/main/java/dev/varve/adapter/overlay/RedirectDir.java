package dev.varve.adapter.overlay;

import java.util.Locale;

/** What overlayfs does where a directory of a lower layer is renamed (overlayfs.rst, "Renaming directories"). */
enum RedirectDir {
    /** Renames it, by an attribute that says where its content is. */
    ON,
    /** rename(2) fails with EXDEV; redirects that are there are followed if the module's parameters say so. */
    OFF,
    /** As OFF, and redirects that are there are followed. */
    FOLLOW,
    /** As OFF, and what a redirect leads to cannot be opened. */
    NOFOLLOW;

    String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
