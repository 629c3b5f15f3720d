/** Layers as full copies: works on any file system and without privilege. Knows a layout, and touches nothing else. */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.vfs {
    requires static org.jspecify;
    requires dev.varve.ports;

    provides dev.varve.ports.driver.LayerDriverProvider with dev.varve.adapter.vfs.VfsDriverProvider;
}
