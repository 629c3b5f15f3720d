/** Layers as deltas, stacked by overlayfs. Knows a layout and a mount grammar; does not mount. */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.overlay {
    requires static org.jspecify;
    requires dev.varve.ports;

    provides dev.varve.ports.driver.LayerDriverProvider with dev.varve.adapter.overlay.OverlayDriverProvider;
}
