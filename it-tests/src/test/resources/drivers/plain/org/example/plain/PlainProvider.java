package org.example.plain;

import java.util.Map;

import dev.varve.domain.error.InvalidOptionException;
import dev.varve.ports.driver.DriverContext;
import dev.varve.ports.driver.LayerDriver;
import dev.varve.ports.driver.LayerDriverProvider;
import dev.varve.ports.driver.Support;

/** Provides {@link PlainDriver}. */
public final class PlainProvider implements LayerDriverProvider {
    @Override
    public String name() {
        return "plain";
    }

    /** {@code plain.answer=yes|absent|missing|misplaced} chooses the answer, for tests of all of them. */
    @Override
    public Support probe(DriverContext context) throws InvalidOptionException {
        String answer = context.options().getOrDefault("answer", "yes");
        return switch (answer) {
            case "yes" -> new Support.Yes("plain copies");
            case "absent" -> new Support.NotSupported("the kernel has no plainfs");
            case "missing" -> new Support.PrerequisitesNotMet("the tool plaind is not installed");
            case "misplaced" -> new Support.IncompatibleBackingFileSystem("plain does not work on extfs");
            default -> throw new InvalidOptionException("plain.answer cannot be " + answer, "leave it out");
        };
    }

    @Override
    public LayerDriver open(DriverContext context) {
        return new PlainDriver(context.syscalls());
    }
}
