package dev.varve.adapter.overlay;

/** What committed layers are. */
enum Strategy {
    /** Deltas, each stacked on all those below. */
    LAYERS("layers"),
    /** Full trees of hard links to the parent's files, so that everything on top needs one lower directory. */
    HARDLINK("hardlink");

    private final String option;

    Strategy(String option) {
        this.option = option;
    }

    /** As users write it. */
    String option() {
        return option;
    }
}
