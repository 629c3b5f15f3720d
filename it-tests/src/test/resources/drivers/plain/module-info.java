/** A driver by somebody else, as a test puts it on the module path. */
module org.example.plain {
    requires dev.varve.ports;

    provides dev.varve.ports.driver.LayerDriverProvider with org.example.plain.PlainProvider;
}
