package dev.varve.adapter.overlay;

import java.util.Map;
import java.util.Optional;

import dev.varve.domain.error.InvalidOptionException;

/**
 * What a user may set: {@code overlay.mount_api=fd|string|legacy}, instead of the best that the kernel has.
 */
record OverlayOptions(Optional<MountApi> mountApi) {
    static OverlayOptions parse(Map<String, String> options) throws InvalidOptionException {
        Optional<MountApi> api = Optional.empty();
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (!option.getKey().equals("mount_api")) {
                throw new InvalidOptionException("the overlay driver has no option overlay." + option.getKey(),
                        "it knows overlay.mount_api");
            }
            for (MountApi candidate : MountApi.values()) {
                if (candidate.option().equals(option.getValue())) {
                    api = Optional.of(candidate);
                }
            }
            if (api.isEmpty()) {
                throw new InvalidOptionException("overlay.mount_api cannot be " + option.getValue(),
                        "it is fd, string or legacy");
            }
        }
        return new OverlayOptions(api);
    }
}
