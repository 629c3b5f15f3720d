package dev.varve.adapter.syscall.ffm;

import java.nio.file.Path;

import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.Directory;
import dev.varve.ports.syscall.HostFacts;
import dev.varve.ports.syscall.Mounts;
import dev.varve.ports.syscall.Syscalls;

/** Linux on x86_64 and aarch64. */
final class FfmSyscalls implements Syscalls {
    private final HostFacts host;
    private final Mounts mounts;

    FfmSyscalls() throws VarveException {
        host = ProcFiles.host();
        mounts = new FfmMounts(host.pageSize());
    }

    @Override
    public Directory directory(Path path) throws VarveException {
        return FdDirectory.ofHost(FdDirectory.hostBytes(path));
    }

    @Override
    public Mounts mounts() {
        return mounts;
    }

    @Override
    public HostFacts host() {
        return host;
    }
}
