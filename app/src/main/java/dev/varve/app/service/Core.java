package dev.varve.app.service;

import java.time.Clock;

import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.layer.LayerId;
import dev.varve.domain.layer.LayerKind;
import dev.varve.domain.layer.LayerRecord;
import dev.varve.domain.layer.ParentChain;
import dev.varve.ports.archive.Archives;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerPlace;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Syscalls;

/** What the services of one store share. */
record Core(StoreHome home, Syscalls syscalls, Catalogue catalogue, LayerDriver driver, Archives archives,
        Clock clock) {
    LayerRecord require(LayerId id) throws VarveException {
        return catalogue.find(id).orElseThrow(() -> new NoSuchLayerException(id));
    }

    /** The records of what lies below the layer. A missing one is damage: a layer with children is never removed. */
    ParentChain<LayerRecord> parents(LayerRecord layer) throws VarveException {
        return ParentChain.ofNearestFirst(catalogue.parents(layer.number()));
    }

    ParentChain<LayerPlace> parentPlaces(LayerRecord layer) throws VarveException {
        return parents(layer).map(home::place);
    }

    LayerPlace place(LayerRecord layer) {
        return home.place(layer);
    }

    /** Whether the layer's content is never to change again. */
    boolean isFrozen(LayerRecord layer) throws VarveException {
        return layer.kind() != LayerKind.ACTIVE || !catalogue.children(layer.number()).isEmpty();
    }
}
