package dev.varve.ports.syscall;

import dev.varve.domain.error.VarveException;

/** Found through {@link java.util.ServiceLoader}; stateless and cheap to make. */
public interface SyscallProvider {
    /** A short name for messages. */
    String name();

    /** @throws dev.varve.domain.error.UnsupportedException if this host is not one that the adapter knows */
    Syscalls open() throws VarveException;
}
