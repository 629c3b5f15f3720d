package dev.varve.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import dev.varve.app.Varve;
import dev.varve.app.VarveConfig;
import dev.varve.domain.error.VarveException;
import dev.varve.ports.in.LayerStore;
import dev.varve.ports.syscall.Syscalls;
import dev.varve.testkit.contract.StoreHost;
import dev.varve.testkit.contract.StoreUnderTest;

/** This machine, with a driver and its options. Immutable. */
record KernelHost(String driver, Map<String, String> options) implements StoreHost {
    static KernelHost of(String driver) {
        return new KernelHost(driver, Map.of());
    }

    KernelHost withOption(String key, String value) {
        Map<String, String> more = new TreeMap<>(options);
        more.put(key, value);
        return new KernelHost(driver, more);
    }

    @Override
    public Syscalls syscalls() throws VarveException {
        return Kernel.syscalls();
    }

    @Override
    public Path freshDirectory() throws IOException {
        return Drivers.freshDirectory();
    }

    @Override
    public void delete(Path directory) throws IOException {
        Drivers.delete(directory);
    }

    @Override
    public StoreUnderTest open(Path root) throws VarveException {
        VarveConfig config = VarveConfig.of(root).withDriver(driver);
        for (Map.Entry<String, String> option : options.entrySet()) {
            config = config.withOption(option.getKey(), option.getValue());
        }
        Varve varve = Varve.open(config);
        return new StoreUnderTest() {
            @Override
            public LayerStore layers() {
                return varve.layers();
            }

            @Override
            public void close() throws VarveException {
                varve.close();
            }
        };
    }
}
