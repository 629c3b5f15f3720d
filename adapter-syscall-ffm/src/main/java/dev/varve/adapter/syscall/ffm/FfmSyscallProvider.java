package dev.varve.adapter.syscall.ffm;

import java.util.Set;

import dev.varve.domain.error.UnsupportedException;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.syscall.SyscallProvider;
import dev.varve.ports.syscall.Syscalls;

/** Linux' system calls by way of {@code java.lang.foreign}. */
public final class FfmSyscallProvider implements SyscallProvider {
    @Override
    public String name() {
        return "ffm";
    }

    @Override
    public Syscalls open() throws VarveException {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        if (!os.equals("Linux") || !Set.of("amd64", "aarch64").contains(arch)) {
            throw new UnsupportedException("Varve needs Linux on x86_64 or aarch64; this is " + os + " on " + arch,
                    "run it in a Linux virtual machine or container");
        }
        if (!FfmSyscallProvider.class.getModule().isNativeAccessEnabled()) {
            throw new UnsupportedException("native access is not enabled for the module that makes system calls",
                    "start java with --enable-native-access=dev.varve.adapter.syscall.ffm");
        }
        return new FfmSyscalls();
    }
}
