package dev.varve.app.cli;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;

/** What to do about a failure that says nothing of it itself. */
final class Hints {
    static final String ANY = "run it again with --debug to see where it failed";

    private Hints() {}

    static String of(VarveException failure) {
        return switch (failure) {
            case NoSuchLayerException _ -> "`varve layer ls` lists the layers of this store";
            case NoSuchImageException _ -> "`varve image ls` lists the images of this store";
            case NoSuchDriverException _ -> "`varve driver ls` lists the drivers";
            case DriverSetupException _ -> "put right what is on the module path";
            case LayerExistsException _ -> "choose another id, or remove that layer first";
            case LayerInUseException _,WrongStateException _ -> "`varve status` tells who holds what; try again then";
            case UnsupportedException _ -> "`varve driver ls` and `varve driver status` tell what works here";
            case BadDataException _ -> "it is damaged or not what was expected: get or make it anew";
            case UnsafePathException _ -> "do not trust this archive: well-made layers hold no such entry";
            case DigestMismatchException _ -> "the data was damaged or changed on its way; fetch it again";
            case StoreVersionException _ -> "use the version of Varve that made the store, or another --store";
            case SyscallFailedException _ -> ANY;
        };
    }
}
