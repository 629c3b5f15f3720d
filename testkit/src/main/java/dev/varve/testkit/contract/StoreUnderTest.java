package dev.varve.testkit.contract;

import dev.varve.ports.in.LayerStore;

/** An open store, as a contract suite needs it. */
public interface StoreUnderTest extends AutoCloseable {
    LayerStore layers();

    @Override
    void close() throws dev.varve.domain.error.VarveException;
}
