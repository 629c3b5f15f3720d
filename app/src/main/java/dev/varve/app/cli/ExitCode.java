package dev.varve.app.cli;

import dev.varve.domain.error.BadDataException;
import dev.varve.domain.error.DigestMismatchException;
import dev.varve.domain.error.DriverSetupException;
import dev.varve.domain.error.Errno;
import dev.varve.domain.error.InvalidOptionException;
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

/** What the command ends with. Scripts depend on the numbers: a new case gets a new one, none is ever given away again. */
enum ExitCode {
    DONE(0, "done"),
    FAILED(1, "failed"),
    USAGE(2, "usage"),
    NO_SUCH_THING(3, "no such thing"),
    EXISTS(4, "exists already"),
    IN_USE(5, "in use or wrong state"),
    NOT_SUPPORTED(6, "not supported here"),
    BAD_DATA(7, "bad data"),
    NO_PERMISSION(8, "no permission"),
    /** 128 + SIGPIPE, as a shell reports a writer that nobody listens to any more. */
    NOBODY_READS(141, "the reader of the output went away");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }

    /** The code for a failure, by its type. */
    static ExitCode of(VarveException failure) {
        return switch (failure) {
            case NoSuchLayerException e -> NO_SUCH_THING;
            case NoSuchImageException e -> NO_SUCH_THING;
            case NoSuchDriverException e -> NO_SUCH_THING;
            case LayerExistsException e -> EXISTS;
            case LayerInUseException e -> IN_USE;
            case WrongStateException e -> IN_USE;
            case InvalidOptionException e -> USAGE;
            case UnsupportedException e -> NOT_SUPPORTED;
            case DriverSetupException e -> FAILED;
            case StoreVersionException e -> NOT_SUPPORTED;
            case BadDataException e -> BAD_DATA;
            case UnsafePathException e -> BAD_DATA;
            case DigestMismatchException e -> BAD_DATA;
            case SyscallFailedException e ->
                    e.errno().isPermission() || e.errno().equals(Errno.EROFS) ? NO_PERMISSION : FAILED;
        };
    }
}
