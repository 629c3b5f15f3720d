package dev.varve.app.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.varve.app.StoreStatus.Leftover;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.path.EntryName;
import dev.varve.ports.store.Catalogue;
import dev.varve.ports.syscall.Directory;

/**
 * Deletes what a crash left behind in the part of a store that belongs to a driver. What cannot be deleted keeps neither
 * the rest nor the store: it is reported, and the next opening tries again.
 */
final class Sweep {
    private final StoreHome home;
    private final List<Leftover> left = new ArrayList<>();

    private Sweep(StoreHome home) {
        this.home = home;
    }

    /**
     * Others wait only while it is found out what is to go, and it is moved out of the way.
     *
     * @return what could not be deleted
     */
    static List<Leftover> of(StoreHome home, Catalogue catalogue) throws VarveException {
        List<EntryName> retired = catalogue.exclusively(() -> home.retireLeftovers(catalogue));
        Sweep sweep = new Sweep(home);
        for (EntryName name : retired) {
            sweep.tries(StoreHome.LAYERS, name, () -> home.delete(name));
        }
        List<EntryName> spooled = home.spoolLeftovers();
        if (!spooled.isEmpty()) {
            try (Directory spool = home.spool()) {
                for (EntryName name : spooled) {
                    sweep.tries(StoreHome.SPOOL, name, () -> spool.remove(name));
                }
            }
        }
        return sweep.left;
    }

    private interface Deletion {
        void run() throws VarveException;
    }

    private void tries(EntryName in, EntryName name, Deletion deletion) {
        try {
            deletion.run();
        } catch (VarveException e) {
            Path path = home.path().resolve(in.toString()).resolve(name.toString());
            left.add(new Leftover(path, e.getMessage()));
        }
    }
}
