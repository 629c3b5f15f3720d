/** Contract suites, models, fakes and hostile inputs, for those who write adapters. */
@org.jspecify.annotations.NullMarked
module dev.varve.testkit {
    requires com.google.common;
    requires transitive dev.varve.ports;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires static org.jspecify;

    exports dev.varve.testkit.contract;
    exports dev.varve.testkit.edit;
    exports dev.varve.testkit.fake;
    exports dev.varve.testkit.tree;

    opens dev.varve.testkit.contract to org.junit.platform.commons; // runs the suites where a module inherits them
}
