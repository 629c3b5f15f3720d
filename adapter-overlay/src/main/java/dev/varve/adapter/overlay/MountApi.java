package dev.varve.adapter.overlay;

import java.util.Locale;

/** The ways to give overlayfs its layers, best first. */
enum MountApi {
    /** fsconfig(2) FSCONFIG_SET_FD: no escaping, no limit on paths; since Linux 6.13. */
    FD,
    /** fsconfig(2) {@code lowerdir+} with a string of at most 255 bytes; since Linux 6.7. */
    STRING,
    /** mount(2) with one page of options, relative to the directory of the layers. */
    LEGACY;

    String option() {
        return name().toLowerCase(Locale.ROOT);
    }
}
