/**
 * The decisions of Varve, as functions of values: names, layers, whiteouts, changes, mount plans, errors. Needs
 * {@code java.base} only and never performs I/O.
 */
@org.jspecify.annotations.NullMarked
module dev.varve.domain {
    requires static org.jspecify;

    exports dev.varve.domain.change;
    exports dev.varve.domain.digest;
    exports dev.varve.domain.error;
    exports dev.varve.domain.idmap;
    exports dev.varve.domain.layer;
    exports dev.varve.domain.mount;
    exports dev.varve.domain.path;
    exports dev.varve.domain.tree;
    exports dev.varve.domain.whiteout;
}
