package dev.varve.app.registry;

import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

/** A driver that says of every place what it was told to say. */
record FakeDriver(String name, Support support) implements LayerDriverProvider {
    static FakeDriver working(String name) {
        return new FakeDriver(name, new Support.Yes(""));
    }

    @Override
    public Support probe(DriverContext context) {
        return support;
    }

    @Override
    public LayerDriver open(DriverContext context) {
        throw new AssertionError("a choice opens nothing");
    }
}
