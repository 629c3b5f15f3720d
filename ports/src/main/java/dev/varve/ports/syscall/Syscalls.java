package dev.varve.ports.syscall;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;

/**
 * The kernel, as Varve uses it. Everything that happens under the root of a store goes through here, so that an adapter
 * which fails, records or replays calls sees all of it. Implementations are safe for use by several threads; the
 * handles they give out are for one thread at a time.
 *
 * <p>
 * Does not: change the process (working directory, umask, namespaces, ids), follow a name out of the directory it was
 * looked up in, or retry a call for any reason but EINTR.
 */
public interface Syscalls {
    /**
     * Opens a directory of the host.
     *
     * @throws dev.varve.domain.error.SyscallFailedException if it does not exist, is no directory, or may not be read
     */
    Directory directory(Path path) throws VarveException;

    /** The mounts of this process's mount namespace. */
    Mounts mounts();

    /** What is known of the host and of this process. */
    HostFacts host();
}
