package dev.varve.domain.error;

import java.io.IOException;
import java.util.Optional;

/**
 * A failure of the environment or of the input, as opposed to a programmer's error. Its message is one line that says
 * what was attempted, on what and why it failed; {@link #hint()} says what to do. Names that came from a layer are
 * escaped in both. Each final subclass is a case that a caller would treat differently.
 */
public sealed abstract class VarveException extends IOException
        permits NoSuchLayerException, NoSuchImageException, NoSuchDriverException, DriverSetupException,
        LayerExistsException, LayerInUseException, WrongStateException, UnsupportedException, BadDataException,
        UnsafePathException, DigestMismatchException, StoreVersionException, SyscallFailedException {
    private static final long serialVersionUID = 1L;
    private final String hint;

    VarveException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    VarveException(String message, String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    @Override
    public String getMessage() {
        return java.util.Objects.requireNonNullElse(super.getMessage(), "");
    }

    /** What the user can do about it, as one line; empty where nothing is known. */
    public Optional<String> hint() {
        return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
    }
}
