package dev.varve.app.cli;

import java.util.Locale;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.DriverNotSupportedException;
import dev.varve.domain.error.DriverPrerequisitesException;
import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.IncompatibleFileSystemException;
import dev.varve.domain.error.InvalidOptionException;
import dev.varve.domain.error.LayerExistsException;
import dev.varve.domain.error.LayerInUseException;
import dev.varve.domain.error.NoSuchDriverException;
import dev.varve.domain.error.NoSuchImageException;
import dev.varve.domain.error.NoSuchLayerException;
import dev.varve.domain.error.NoUsableDriverException;
import dev.varve.domain.error.StoreVersionException;
import dev.varve.domain.error.SyscallFailedException;
import dev.varve.domain.error.UnsafePathException;
import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.domain.error.WrongStateException;

/**
 * The word for a failure in JSON, finer than the exit code. Scripts depend on the words. Those for a driver that does not
 * work are the ones of {@code driver ls}.
 */
final class FailureKind {
    private FailureKind() {}

    static String of(VarveException failure) {
        return switch (failure) {
            case NoSuchLayerException e -> "noSuchLayer";
            case NoSuchImageException e -> "noSuchImage";
            case NoSuchDriverException e -> "noSuchDriver";
            case DriverSetupException e -> "driverSetup";
            case LayerExistsException e -> "layerExists";
            case LayerInUseException e -> "layerInUse";
            case WrongStateException e -> "wrongState";
            case DriverNotSupportedException e -> "notSupported";
            case DriverPrerequisitesException e -> "prerequisitesNotMet";
            case IncompatibleFileSystemException e -> "incompatibleBackingFileSystem";
            case NoUsableDriverException e -> "noUsableDriver";
            case InvalidOptionException e -> "invalidOption";
            case UnsupportedException e -> "unsupported";
            case StoreVersionException e -> "storeVersion";
            case BadDataException e -> "badData";
            case UnsafePathException e -> "unsafePath";
            case DigestMismatchException e -> "digestMismatch";
            case SyscallFailedException e -> "systemCall";
        };
    }

    /** Of what the command itself found: the name of its exit code. */
    static String of(ExitCode code) {
        StringBuilder word = new StringBuilder();
        for (String part : code.name().toLowerCase(Locale.ROOT).split("_")) {
            word.append(word.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return word.toString();
    }
}
