package dev.varve.testkit.edit;

import dev.varve.ports.syscall.HostFacts;

/**
 * What the user may do, so that nothing is tried that he may not.
 *
 * @param privileged whether he may give files away, make devices, set {@code trusted.*} and {@code security.*}, and
 *                   whether modes do not bind him
 */
public record Rights(boolean privileged) {
    public static Rights of(HostFacts host) {
        return new Rights(host.mayChown() && host.mayMakeDevices() && host.mayMount());
    }
}
