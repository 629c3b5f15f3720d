package dev.varve.adapter.vfs;

import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;
import dev.varve.ports.syscall.Directory;

/** Provides {@link VfsDriver}. */
public final class VfsDriverProvider implements LayerDriverProvider {
    @Override
    public String name() {
        return "vfs";
    }

    @Override
    public Support probe(DriverContext context) throws VarveException {
        refuseOptions(context);
        try (Directory home = context.syscalls().directory(context.home())) {
            if (home.fileSystem().readOnly()) {
                return new Support.IncompatibleBackingFileSystem("the file system of the store is read-only");
            }
        }
        return new Support.Yes("full copies, with reflinks where the file system has them");
    }

    @Override
    public LayerDriver open(DriverContext context) throws VarveException {
        refuseOptions(context);
        return new VfsDriver(context.syscalls());
    }

    private static void refuseOptions(DriverContext context) throws InvalidOptionException {
        if (!context.options().isEmpty()) {
            throw new InvalidOptionException(
                    "the vfs driver has no option vfs." + context.options().keySet().iterator().next(),
                    "leave the option out");
        }
    }
}
