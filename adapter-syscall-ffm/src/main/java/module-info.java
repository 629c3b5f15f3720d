/**
 * The kernel behind {@code dev.varve.ports.syscall}, by way of {@code java.lang.foreign}. The only module that calls
 * native code; no descriptor, segment or method handle leaves it.
 */
@org.jspecify.annotations.NullMarked
module dev.varve.adapter.syscall.ffm {
    requires static org.jspecify;
    requires dev.varve.ports;

    provides dev.varve.ports.syscall.SyscallProvider with dev.varve.adapter.syscall.ffm.FfmSyscallProvider;
}
